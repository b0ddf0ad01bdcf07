"""`python -m trialwright`."""

from trialwright.interfaces.cli.main import main

main()
