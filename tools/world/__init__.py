"""The world around a box, for the demo, the bench and the tests of whole programs: a ledger, a box,
and the simulated devices, each in a folder of its own."""
