"""The deal in the chat: buttons, typed words, proofs of delivery. Facts go through the services of orders; here is only
where a person stands, and what their next words are taken for."""
