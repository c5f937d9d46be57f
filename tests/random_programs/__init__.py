"""Random tape programs as text, and TensorFlow's word on what the analyzer says about them; no analysis lives here."""
