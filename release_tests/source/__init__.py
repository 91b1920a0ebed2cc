"""What the project's source tree says of its version; facts, without a judgement."""
