"""The `gradtape` command, a module for each sub-command; it finds nothing by itself."""
