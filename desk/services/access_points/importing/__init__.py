"""Many access points or routing servers from a spreadsheet: looked through first, written at once or not at all."""
