"""Stand-ins for devices that cannot run on a test machine; each speaks the real protocol."""
