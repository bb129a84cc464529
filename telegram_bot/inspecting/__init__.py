"""The inspection in the chat: buttons, typed words, files. Facts go through the services of orders; here is only where
a person stands, and what their next words are taken for."""
