"""What the code of libraries does, a module or package for each library."""
