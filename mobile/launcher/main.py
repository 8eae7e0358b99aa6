"""What `flet build` packs and starts: only the way into the app, which is installed beside it."""

from mobile.app import main

if __name__ == "__main__":
    main()
