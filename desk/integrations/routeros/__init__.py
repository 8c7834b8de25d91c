"""MikroTik routers over the RouterOS API: the port in `port`, the adapter in `client`."""
