"""Which display sets go where, and why: rules as data, pure."""
