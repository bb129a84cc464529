"""A deal through REST: the client's decision, money, the shipment, what stands in the way, approvals, claims."""
