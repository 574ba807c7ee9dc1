"""How instants are written on every page: see FORMAT_MODULE_PATH in the settings."""
