"""What the end-to-end tests are written with: real programs, real terminals, real OTLP."""
