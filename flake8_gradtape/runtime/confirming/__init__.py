"""Holds findings against what a real run showed."""
