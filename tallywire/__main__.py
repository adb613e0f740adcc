"""`python -m tallywire` is the command."""

from tallywire.command import main

if __name__ == "__main__":
    main(prog_name="tallywire")
