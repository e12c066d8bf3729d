"""What tools/audit and tools/mirror are made of: a second reading of the log's formats, written from
src/tlog/format.md and src/ledger/public/public.md alone. It shares no code with the daemons, so that
whoever trusts neither them nor us can take this folder and read some 600 lines."""
