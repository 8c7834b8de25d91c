"""The catalogue on screen: products, statuses and small lists."""
