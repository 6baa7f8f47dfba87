"""Three scanners against a running demo: schemathesis on what programs may call, sqlmap on every parameter that pages and server functions take, and wapiti over the
pages.

    scan.py PORTAL_ADDRESS SANDBOX_ADDRESS DBMS REPORT_FOLDER SCANNER…

Schemathesis comes first, unsigned and signed. The others come three times: as an administrator, as a partner's owner and as nobody, through a door of their own. A
door adds that person's cookie, keeps away what would end its session, and notes every answer of 500 and above. Ends with 1 if there is a finding, and says what could
not be tried.
"""

import base64
import concurrent.futures
import csv
import datetime
import html.parser
import http.client
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time
import urllib.parse

BIN = pathlib.Path(sys.executable).parent
# It wants other versions of what wapiti needs too, and so has a Python of its own.
SCHEMATHESIS = BIN.parent.parent / "schemathesis" / "bin" / "schemathesis"
HERE = pathlib.Path(__file__).resolve().parent
SOURCES = HERE.parent / "src" / "ui" / "api"

# Each run of a scanner ends after so long, whatever is left.
SECONDS_MAX = 900
# So many requests one sqlmap tries.
TOGETHER = 12
# So many scanners run at a time: each waits for answers more than it works.
PLACES = threading.Semaphore(2 * (os.cpu_count() or 1))
# So many pages that differ in an id or a question alone are looked at.
ALIKE_MAX = 2
NOTHING = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")

# What ends or replaces the session of whoever sends it: tried by nobody, who has none.
ENDS_SESSION = {"sign_out", "sign_in_as", "end_session", "end_other_sessions", "switch_partner", "answer_with_passkey", "confirm_authenticator"}
# What an open page calls of itself and is never answered to its end.
STREAM = "/events"

# Not csrf, which looks for a token in each form: here the browser says where a request comes from (end2end/journeys/another-origin.spec.ts). Not ssrf, xxe and log4shell,
# which need a server on the internet to be called back by. Not ldap: there is none, and what it goes by is that a field that is refused is answered otherwise than one
# that is taken.
WAPITI_MODULES = "backup,cookieflags,crlf,csp,exec,file,htaccess,http_headers,permanentxss,redirect,shellshock,sql,timesql,upload,xss"
# What is known and is no fault: these cookies say how pages look, and to whom they are shown makes no difference.
KNOWN = {"HttpOnly flag is not set in the cookie : language", "HttpOnly flag is not set in the cookie : theme"}


class Door(http.server.ThreadingHTTPServer):
    """Passes requests on to the portal as somebody."""

    daemon_threads = True

    def __init__(self, portal, cookie):
        super().__init__(("127.0.0.1", 0), DoorHandler)
        self.portal = portal
        self.cookie = cookie
        self.failures = []
        self.count = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://localhost:{self.server_port}"

    def may_pass(self, path, body):
        if self.cookie is None:
            return path != STREAM
        asked = set(urllib.parse.parse_qs(body.decode("utf-8", "replace")).get("do", []))
        asked.add(path.removeprefix("/api/"))
        asked.update(re.findall(r'name="do"\r\n\r\n(\w+)', body.decode("utf-8", "replace")))
        return path != STREAM and not asked & ENDS_SESSION


class DoorHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    own = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "cookie", "accept-encoding", "set-cookie"}

    def log_message(self, *_):
        pass

    def handle(self):
        try:
            super().handle()
        except ConnectionError:
            # Scanners hang up when they have seen enough.
            pass

    def answer(self):
        door = self.server
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if not door.may_pass(self.path.split("?")[0], body):
            self.send_response(204)
            self.end_headers()
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in self.own}
        if door.cookie is not None:
            headers["cookie"] = door.cookie
        elif "cookie" in self.headers:
            headers["cookie"] = self.headers["cookie"]
        connection = http.client.HTTPConnection(door.portal, timeout=30)
        try:
            # Python would say of itself that it takes nothing compressed, which no browser says.
            connection.putrequest(self.command, self.path, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            if body:
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body or None)
            got = connection.getresponse()
            content = got.read()
        except (OSError, http.client.HTTPException, ValueError) as error:
            door.failures.append(f"no answer ({error}): {self.command} {self.path} {body[:300]!r}")
            self.send_response(502)
            self.send_header("content-length", "0")
            self.end_headers()
            return
        finally:
            connection.close()
        door.count += 1
        if got.status >= 500:
            door.failures.append(f"{got.status}: {self.command} {self.path} {body[:300]!r}")
        self.send_response(got.status)
        for name, value in got.getheaders():
            # Whoever comes in has the cookie that it came with.
            if name.lower() not in self.own or (name.lower() == "set-cookie" and door.cookie is None):
                self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = do_OPTIONS = do_PATCH = do_TRACE = answer


class Page(html.parser.HTMLParser):
    """The links of a page, and its forms as lists of names and values."""

    # What a field is filled with that stands empty: something that its type takes.
    typical = {"email": "scan@scanned.example", "number": "1", "date": "2026-07-01", "url": "https://scanned.example/"}

    def __init__(self, text):
        super().__init__()
        self.links, self.forms, self.people = [], [], {}
        self.form = self.select = self.person = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = {name: value or "" for name, value in attrs}
        if tag == "a" and attrs.get("href", "").startswith("/"):
            self.links.append(attrs["href"].split("#")[0])
        elif tag == "form":
            self.form = {"method": attrs.get("method", "get").upper(), "action": attrs.get("action", ""), "fields": {}}
            self.forms.append(self.form)
        elif self.form is not None:
            self.field(tag, attrs)
        if tag == "button" and attrs.get("name") == "person":
            self.person = attrs["value"]

    def field(self, tag, attrs):
        name, fields = attrs.get("name"), self.form["fields"]
        if tag == "option" and self.select and not fields.get(self.select):
            fields[self.select] = attrs.get("value", "")
        if tag == "select":
            self.select = name
        if name and tag in ("input", "button"):
            fields.setdefault(name, attrs.get("value") or self.typical.get(attrs.get("type"), "scan"))
        elif name and tag in ("select", "textarea"):
            fields.setdefault(name, "" if tag == "select" else "scan")

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None

    def handle_data(self, data):
        if self.person and data.strip():
            if len(data.strip()) > 2:
                self.people[data.strip()] = self.person
                self.person = None


def ask(portal, method, path, cookie=None, fields=None):
    connection = http.client.HTTPConnection(portal, timeout=30)
    headers = {"cookie": cookie} if cookie else {}
    body = None
    if fields is not None:
        body = urllib.parse.urlencode(fields)
        headers["content-type"] = "application/x-www-form-urlencoded"
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content.decode("utf-8", "replace")


def sign_in(portal, name):
    """The cookie of somebody of the demo."""
    _, text = ask(portal, "GET", "/sign-in")
    person = Page(text).people[name]
    answer, _ = ask(portal, "POST", "/sign-in", fields={"do": "sign_in_as", "person": person})
    return answer.headers["set-cookie"].split(";")[0]


def list_functions(*files):
    """The server functions of some files, or of all, with the names and types of what they take."""
    functions = {}
    for source in sorted(SOURCES.glob("*.rs")):
        if files and source.stem not in files:
            continue
        text = re.sub(r"#\[server\(default\)\]\s*", "", source.read_text())
        for name, takes in re.findall(r'#\[server\(endpoint = "(\w+)"[^]]*\)\]\s*pub async fn \w+\((.*?)\)\s*->', text, re.DOTALL):
            functions[name] = dict(re.findall(r"(\w+): ([\w<>:]+)", takes))
    return functions


def typical(kind):
    """Something that decodes as a type; nothing for one that has fields of its own."""
    if kind.endswith("Id"):
        return NOTHING
    known = {"String": "scan", "Option<String>": "scan", "bool": "true", "SeenLine": f"{NOTHING}:100:EUR"}
    return "1" if re.fullmatch(r"[ui]\d+", kind) else known.get(kind)


class Requests:
    """What is sent to find injections, each kind once."""

    def __init__(self):
        self.known, self.functions, self.list = set(), set(), []

    def add(self, method, path, fields):
        if method == "POST" and "do" in fields:
            # Called as an island does, without the page around what it answers: that is what a scanner compares.
            fields = dict(fields)
            path = f"/api/{fields.pop('do')}"
        kind = (method, ID.sub("id", path), tuple(sorted(fields)))
        if kind in self.known:
            return
        self.known.add(kind)
        self.functions.add(path.removeprefix("/api/"))
        if fields or "*" in path:
            self.list.append((method, path, fields))


def write(requests, door, file):
    """Requests as a proxy would have logged them, which sqlmap reads."""
    host = door.url.removeprefix("http://")
    rule = "=" * 54
    with file.open("w") as out:
        for method, path, fields in requests:
            query = urllib.parse.urlencode(fields)
            if method == "GET":
                head, body = f"GET {path}{'?' if query else ''}{query}", ""
            else:
                head, body = f"POST {path}", query
            kind = "Content-Type: application/x-www-form-urlencoded\n" if body else ""
            out.write(f"{rule}\n00:00:00  {door.url}  [127.0.0.1]\n{rule}\n{head} HTTP/1.1\nHost: {host}\n{kind}\n{body}\n{rule}\n\n\n\n")


def collect(door, begin):
    """Everything with a parameter on the pages that are linked from some on."""
    requests, seen, alike, todo = Requests(), set(), {}, list(begin)
    while todo:
        path = todo.pop(0)
        bare, _, query = path.partition("?")
        kind = ID.sub("id", bare) + ("?" if query else "")
        if path in seen or alike.get(kind, 0) >= ALIKE_MAX:
            continue
        seen.add(path)
        alike[kind] = alike.get(kind, 0) + 1
        if ID.search(bare):
            # A star is where something is put in.
            requests.add("GET", ID.sub(lambda found: found.group() + "*", bare), {})
        if query:
            requests.add("GET", bare, dict(urllib.parse.parse_qsl(query, keep_blank_values=True)))
        _, text = ask(door.url.removeprefix("http://"), "GET", path)
        page = Page(text)
        todo.extend(page.links)
        for form in page.forms:
            action = urllib.parse.urlparse(form["action"]).path or bare
            if form["fields"].get("do") not in ENDS_SESSION:
                requests.add(form["method"], action, form["fields"])
    return requests


def complete(requests, functions):
    """Server functions that no page of the demo shows a form of, as far as what they take can be made up. Answers those that were left out."""
    left = []
    for name, takes in functions.items():
        if name in requests.functions:
            continue
        kinds = {argument: re.sub(r"^Vec<(.*)>$", r"\1", kind) for argument, kind in takes.items()}
        fields = {(f"{argument}[0]" if takes[argument].startswith("Vec<") else argument): typical(kind) for argument, kind in kinds.items()}
        if None in fields.values():
            left.append(name)
        elif fields:
            requests.add("POST", f"/api/{name}", fields)
    return left


def run(name, folder, command, **how):
    """Runs a scanner, at most so long. Answers whether it came to its end."""
    log = folder / f"{name}.log"
    with PLACES, log.open("w") as out:
        print(f"[scan] {name}: {log}", flush=True)
        try:
            done = subprocess.run(["nice", *map(str, command)], stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=SECONDS_MAX, check=False, **how)
        except subprocess.TimeoutExpired:
            return False
    # One that somebody killed has not come to its end either.
    return done.returncode >= 0


def run_sqlmap(who, door, requests, dbms, folder):
    """Several side by side, each with some of the requests; those with many parameters, which take long, come last and keep no others waiting."""
    requests = sorted(requests, key=lambda request: len(request[2]))
    parts = [requests[begin : begin + TOGETHER] for begin in range(0, len(requests), TOGETHER)]
    with concurrent.futures.ThreadPoolExecutor(len(parts)) as pool:
        outcomes = list(pool.map(lambda part: run_one_sqlmap(f"sqlmap-{who}-{part[0] + 1}", door, part[1], dbms, folder), enumerate(parts)))
    return [f"{who}: {finding}" for found, _ in outcomes for finding in found], any(partial for _, partial in outcomes)


def run_one_sqlmap(name, door, requests, dbms, folder):
    file, found = folder / f"{name}.txt", folder / f"{name}.csv"
    write(requests, door, file)
    ended = run(name, folder, [
        BIN / "sqlmap", "-l", file, "--batch", "--level", "2", "--risk", "1", "--dbms", dbms, "--ignore-code", "*",
        # What a UNION finds one of these finds too; and of what takes any text it believes that there are 999 columns, and never ends.
        "--technique", "BEST",
        "--output-dir", folder / name, "--results-file", found, "--flush-session", "--disable-coloring", "--timeout", "20", "--retries", "1",
        # Behind the doors of those who are signed in nobody's cookie gets through.
        *([] if door.cookie else ["--cookie", "portal=scan; asked=scan; language=en; theme=dark"]),
    ])
    log = (folder / f"{name}.log").read_text(errors="replace")
    tried = len(re.findall(r"^\[\d+/\d+\] URL", log, re.MULTILINE)) - (0 if ended else 1)
    parameters = len(re.findall(r"parameter .* does not seem to be injectable", log))
    print(f"[scan] {name}: {tried} of {len(requests)} requests, {parameters} parameters{'' if ended else ', then time was over'}", flush=True)
    rows = list(csv.reader(found.open()))[1:] if found.exists() else []
    # It looks at each again, and says itself which it cannot follow: lists change while others write.
    doubted = [row for row in rows if "false positive or unexploitable" in row[-1]]
    for row in doubted:
        print(f"[scan] {name}: doubted by itself: {', '.join(row)}")
    return [f"sqlmap: {', '.join(row)}" for row in rows if row not in doubted], not ended


def run_wapiti(who, door, begin, folder):
    report = folder / f"wapiti-{who}.json"
    command = [
        BIN / "wapiti", "-u", f"{door.url}/", "--scope", "domain", "-m", WAPITI_MODULES, "--max-scan-time", "180", "--max-attack-time", "40",
        "-d", "4", "--max-files-per-dir", "40", "--max-parameters", "25", "-S", "normal",
        "-f", "json", "-o", report, "--flush-session", "--store-session", folder / "sessions", "--store-config", folder / "wapiti", "--no-bugreport", "-v", "1",
    ]
    for path in begin:
        command += ["-s", f"{door.url}{path}"]
    ended = run(f"wapiti-{who}", folder, command)
    if not report.exists():
        return [], True
    said = json.loads(report.read_text())
    pages = said.get("infos", {}).get("crawled_pages_nbr")
    print(f"[scan] wapiti-{who}: {pages} pages and forms{'' if ended else ', then time was over'}")
    kinds = {**said["vulnerabilities"], **said["anomalies"]}
    findings = [f"wapiti as {who}: {kind}: {found['method']} {found['path']} {found['info']}" for kind, all_of in kinds.items() for found in all_of if found["info"] not in KNOWN]
    return findings, not ended


def ask_sandbox(sandbox, what):
    answer, text = ask(sandbox, "GET", f"/sandbox/{what}")
    assert answer.status == 200, text
    return json.loads(text)


def list_stops(sandbox):
    """The addresses that the demo's mails name to stop them; it sends the first while it starts."""
    for _ in range(300):
        headers = [dict(mail["headers"]) for mail in ask_sandbox(sandbox, "mails")]
        stops = [header["List-Unsubscribe"].strip("<>") for header in headers if "List-Unsubscribe" in header]
        if stops:
            return stops
        time.sleep(0.1)
    raise SystemExit("[scan] The demo sent no mail that can be stopped.")


def make_keys(portal, sandbox):
    """What schemathesis_hooks.py signs with. The demo's vendors have their secrets; an iPaaS, which it does not begin with, is given one."""
    relay = f"whsec_{base64.b64encode(os.urandom(32)).decode()}"
    cookie = sign_in(portal, "Alex Morgan")
    answer, text = ask(portal, "POST", "/api/keep_relay_secret", cookie, {"side": "inward", "secret": relay})
    assert answer.status == 200, text
    stops = list_stops(sandbox)
    now = datetime.datetime.strptime(ask_sandbox(sandbox, "clock")["now"], "%Y-%m-%dT%H:%M:%S.%f%z")
    known = dict(re.findall(r'const SANDBOX_(\w+): &str = "(.+?)"', (HERE.parent / "src" / "serve.rs").read_text()))
    return {
        "hubspot": known["HUBSPOT_SECRET"],
        "xero": known["XERO_KEY"],
        "relay": relay,
        # The portal's address as HubSpot is told it.
        "portal_url": stops[0].split("/unsubscribe/")[0],
        "tokens": [stop.rpartition("/")[2] for stop in stops],
        "seconds_ahead": now.timestamp() - time.time(),
    }


def run_schemathesis(portal, sandbox, folder):
    """As whoever has no key; then signed, with what the description calls valid, all of which must be read; then signed, with what it does not call so."""
    keys = make_keys(portal, sandbox)
    answer, text = ask(portal, "GET", "/openapi.json")
    assert answer.status == 200, text
    # Read from where it is served, it would leave out itself.
    (folder / "openapi.json").write_text(text)
    unsigned, unsigned_partial = run_one_schemathesis("unsigned", "all", None, portal, folder)
    valid, valid_partial = run_one_schemathesis("valid", "positive", keys, portal, folder)
    # What was stored is worked off at once.
    time.sleep(5)
    log = re.sub(r"\x1b\[[0-9;]*m", "", (folder / "portal.log").read_text(errors="replace"))
    unread = re.findall(r"Job `work_(?:event|inbox)` failed: .*", log)
    if unread:
        valid.append(f"schemathesis, valid: {len(unread)} events or notes were not read, such as: {unread[0]}")
    invalid, invalid_partial = run_one_schemathesis("invalid", "negative", keys, portal, folder)
    return [*unsigned, *valid, *invalid], unsigned_partial or valid_partial or invalid_partial


def run_one_schemathesis(which, mode, keys, portal, folder):
    name = f"schemathesis-{which}"
    report = folder / f"{name}.json"
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "schemathesis_hooks.py")}
    command = [
        SCHEMATHESIS, "run", folder / "openapi.json", "--url", f"http://{portal}", "--mode", mode, "--phases", "examples,coverage,fuzzing",
        "--max-examples", "200", "--seed", "1", "--generation-database", "none", "--continue-on-failure", "--request-timeout", "20", "--no-color",
        "--report-json-path", report,
    ]
    if keys:
        environment["SIGNED"] = json.dumps(keys)
        # What is rightly signed is stored, whatever is in it; and the secret of a mail stops it, whatever else is said.
        command += ["--exclude-checks", "negative_data_rejection"]
    ended = run(name, folder, command, cwd=folder, env=environment)
    if not report.exists():
        return [f"schemathesis, {which}: it did not run: see {name}.log"], not ended
    said = json.loads(report.read_text())
    print(f"[scan] {name}: {said['test_cases']['generated']} requests of {said['operations']['tested']} operations{'' if ended else ', then time was over'}", flush=True)
    findings = [f"schemathesis, {which}: {fault['title']} at {', '.join(fault['operations'])}: see {name}.log" for fault in said["failures"]]
    if said["exit_code"] and not findings:
        findings = [f"schemathesis, {which}: it failed: see {name}.log"]
    return findings, not ended


# Who comes, and where each begins.
PEOPLE = {"administrator": ("Alex Morgan", ["/staff"]), "owner": ("Jane Meyer", ["/"]), "nobody": (None, ["/sign-in?next=/leads&sent=1"])}
# The files of server functions that a partner's people call.
OF_PARTNERS = ("access", "company", "disputes", "leads", "money", "preferences")


def functions_of(who):
    """The server functions that somebody is tried with beside those that its pages show."""
    if who == "nobody":
        return {name: takes for name, takes in list_functions("access").items() if name in ENDS_SESSION | {"use_link", "prove", "accept_invitation"}}
    functions = list_functions(*OF_PARTNERS) if who == "owner" else list_functions()
    return {name: takes for name, takes in functions.items() if name not in ENDS_SESSION}


def try_sqlmap(who, door, begin, dbms, folder):
    requests = collect(door, begin)
    if who == "nobody":
        for path in ("/sign-in", "/invitations", "/unsubscribe"):
            requests.add("GET", f"{path}/scan*", {})
    left = complete(requests, functions_of(who))
    if left:
        print(f"[scan] sqlmap-{who}: no page of the demo has a form of {', '.join(left)}")
    return run_sqlmap(who, door, requests.list, dbms, folder)


def scan(who, portal, dbms, folder, scanners):
    """All that somebody finds, and whether something was left untried."""
    name, begin = PEOPLE[who]
    door = Door(portal, sign_in(portal, name) if name else None)
    findings, is_partial = [], False
    for scanner in scanners:
        found, partial = try_sqlmap(who, door, begin, dbms, folder) if scanner == "sqlmap" else run_wapiti(who, door, begin, folder)
        findings += found
        is_partial |= partial
    print(f"[scan] {door.count} requests as {who}", flush=True)
    return findings + [f"as {who}: answered {failure}" for failure in door.failures], is_partial


def main(portal, sandbox, dbms, folder, scanners):
    folder = pathlib.Path(folder).resolve()
    outcomes = []
    # While the demo is as it begins: the others change what it signs with.
    if "schemathesis" in scanners:
        outcomes.append(run_schemathesis(portal, sandbox, folder))
    of_pages = [scanner for scanner in scanners if scanner != "schemathesis"]
    if of_pages:
        with concurrent.futures.ThreadPoolExecutor(len(PEOPLE)) as pool:
            outcomes += pool.map(lambda who: scan(who, portal, dbms, folder, of_pages), PEOPLE)
    findings = [finding for found, _ in outcomes for finding in found]
    (folder / "findings.txt").write_text("".join(f"{finding}\n" for finding in findings))
    for finding in findings[:50]:
        print(f"[scan] FOUND {finding}")
    if any(partial for _, partial in outcomes):
        print("[scan] Not everything was tried within the time that there is.")
    print(f"[scan] {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5:]))
