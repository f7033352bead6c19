"""The application for a web server, and as a program the parent of web, worker and clock."""

if __name__ == "__main__":
    from web.start import main

    raise SystemExit(main())

from web.serve import application

app = application()
