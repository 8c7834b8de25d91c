"""RADIUS spoken by a desk: Disconnect and CoA to routers (RFC 5176), and a login tried at the server."""
