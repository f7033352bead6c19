"""The application for a web server, and as a program the parent of web, worker and clock."""

from web.start import application, main

app = application()

if __name__ == "__main__":
    raise SystemExit(main())
