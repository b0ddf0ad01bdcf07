"""The live trial: events, what is allowed next, the gate, doses from weight and lot."""
