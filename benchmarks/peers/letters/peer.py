"""Sets letters, and says how long it took.

    peer.py ENGINE FOLDER OUT

FOLDER holds the letters as `0.html`, `1.html` … and for Typst as `0/`, `1/` …, and `fonts/`. First it sets each letter once into OUT, so that they
can be looked at, and prints its version; then, for each number it reads, it sets so many and prints the nanoseconds for one. It exits with 69 where its
engine is missing.
"""

import pathlib
import sys
import time

engine, folder, out = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3])
pages = sorted(folder.glob("*.html"), key=lambda path: int(path.stem))

try:
    if engine == "weasyprint":
        import weasyprint
        from weasyprint.text.fonts import FontConfiguration

        version = weasyprint.__version__
        # Fonts are read once; a new configuration for each letter would be a handicap.
        fonts = FontConfiguration()
        sheet = weasyprint.CSS(filename=str(folder / "letter.css"), font_config=fonts)
        texts = [page.read_text(encoding="utf-8") for page in pages]

        def letter(index):
            html = weasyprint.HTML(string=texts[index % len(texts)], base_url=str(folder))
            return html.write_pdf(stylesheets=[sheet], font_config=fonts)

    elif engine == "chromium":
        import shutil

        from playwright.sync_api import sync_playwright

        program = shutil.which("chromium") or shutil.which("chromium-browser")
        if program is None:
            sys.exit(69)
        driver = sync_playwright().start()
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        version = browser.version
        # One page stays open: only its content changes.
        page = browser.new_page()
        page.goto((folder / "empty.htm").as_uri())
        texts = [path.read_text(encoding="utf-8") for path in pages]

        def letter(index):
            page.set_content(texts[index % len(texts)], wait_until="load")
            page.evaluate("document.fonts.ready")
            return page.pdf(prefer_css_page_size=True)

    elif engine == "typst":
        import typst

        version = typst.__version__ if hasattr(typst, "__version__") else "0.15"
        compilers = [
            typst.Compiler(
                str(folder / str(index) / "main.typ"),
                root=str(folder / str(index)),
                font_paths=[str(folder / "fonts")],
                ignore_system_fonts=True,
                sys_inputs={"face": "Amiri"},
            )
            for index in range(len(pages))
        ]

        def letter(index):
            return compilers[index % len(compilers)].compile(format="pdf", pdf_standards=["a-3a"])

    else:
        sys.exit(f"unknown engine {engine}")
except ImportError:
    sys.exit(69)

for index in range(len(pages)):
    (out / f"{engine}-{index}.pdf").write_bytes(letter(index))
print(version, flush=True)

done = 0
for line in sys.stdin:
    count = int(line)
    start = time.perf_counter_ns()
    for index in range(done, done + count):
        letter(index)
    print((time.perf_counter_ns() - start) // count, flush=True)
    done += count
