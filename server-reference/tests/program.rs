//! The program, as people start and stop it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// A program that runs, and what it has printed.
struct Program {
    child: Child,
    lines: BufReader<ChildStdout>,
    printed: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        Self::start_on("127.0.0.1:0", arguments)
    }

    fn start_on(address: &str, arguments: &[&str]) -> Self {
        Self::answering(&["umami"], &[&["--listen", address], arguments].concat())
    }

    /// Starts it, and waits until it has said all that it has to say.
    fn answering(apis: &[&str], arguments: &[&str]) -> Self {
        let mut child = program(&[])
            .args(apis.iter().flat_map(|api| ["--api", api]))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut printed = String::new();
        let mut lines = BufReader::new(child.stdout.take().expect("piped"));
        while printed.matches("Try it:").count() < apis.len() || !printed.ends_with("\n\n") {
            let read = lines.read_line(&mut printed).expect("text");
            assert!(read > 0, "it ended after {printed:?}");
        }
        Self { child, lines, printed }
    }

    /// What it prints next.
    fn read_line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("text");
        line
    }

    fn url(&self) -> &str {
        self.printed.lines().next().and_then(|line| line.split_once(" at ")).expect("the first line").1
    }

    /// What stands under `Try it:`, which is a script; of several, under the first.
    fn script(&self) -> &str {
        let after = self.printed.split_once("Try it:\n").expect("the heading").1;
        after.split_once("\n\n").expect("an end").0
    }

    fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(sent.expect("kill is there").success());
    }

    fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        self.signal(signal);
        let ended = self.child.wait().expect("it ends");
        let mut logged = String::new();
        self.child.stderr.take().expect("piped").read_to_string(&mut logged).expect("text");
        (ended.code(), logged)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _status = self.child.wait();
    }
}

fn program(arguments: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_probity-server"));
    program.args(arguments);
    program
}

fn refused(arguments: &[&str]) -> String {
    let Output { status, stderr, .. } = program(arguments).output().expect("it starts");
    assert_eq!(status.code(), Some(2), "{arguments:?}");
    String::from_utf8(stderr).expect("text")
}

fn file(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(text.as_bytes()).expect("it can be written");
    file
}

/// Runs a script in the shell, or says that the machine has no curl.
#[expect(clippy::print_stderr, reason = "a test that could not run says so")]
fn run(script: &str) -> Option<String> {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("skipped: there is no curl");
        return None;
    }
    let output = Command::new("sh").arg("-euc").arg(script).output().expect("a shell");
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8(output.stdout).expect("text"))
}

#[test]
fn what_it_prints_can_be_pasted_into_a_shell() {
    let program = Program::start(&[]);
    assert!(program.printed.starts_with("Umami answers at http://127.0.0.1:"));
    assert!(program.printed.contains("  your-username (user), password: your-password\n"));
    let Some(answers) = run(program.script()) else { return };
    assert!(answers.contains(r#""username":"your-username""#), "{answers}");
    assert!(answers.contains(r#""domain":"your-hostname""#), "{answers}");
    assert!(answers.contains(r#""sessionId":"#) && answers.contains(r#""pageviews":1,"visitors":1"#), "{answers}");
}

#[test]
fn the_users_of_a_file_log_in_and_their_passwords_are_not_printed() {
    let seed = file(
        r#"
        [[umami.users]]
        username = "it's \"me\""
        password = "hush hush"
        role = "admin"

        [[umami.websites]]
        id = "the shop's $1"
        name = "Shop"
        domain = "shop.example"
        owner = "it's \"me\""
        "#,
    );
    let program = Program::start(&["--seed", seed.path().to_str().expect("a path")]);
    assert!(program.printed.contains("  it's \"me\" (admin)\n"));
    assert!(!program.printed.contains("hush"));
    let Some(answers) = run(&program.script().replace("PASSWORD=…", "PASSWORD='hush hush'")) else { return };
    assert!(answers.contains(r#""domain":"shop.example""#), "{answers}");
    assert!(answers.contains(r#""pageviews":1"#), "{answers}");
}

#[test]
fn what_it_prints_of_tinyauth_can_be_pasted_too() {
    let program = Program::answering(&["tinyauth"], &["--listen", "127.0.0.1:0"]);
    assert!(program.printed.starts_with("Tinyauth answers at http://127.0.0.1:"));
    let totp = "  totp, password: password, TOTP secret: JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n";
    assert!(program.printed.contains("  user, password: password\n") && program.printed.contains(totp));
    let Some(answers) = run(program.script()) else { return };
    assert!(answers.contains(r#""message":"Authenticated""#), "{answers}");
    assert!(answers.contains(r#""totpPending":"false""#) && answers.contains(r#""isLoggedIn":true"#), "{answers}");
}

#[test]
fn the_users_of_tinyauth_in_a_file_are_those_of_its_own_settings() {
    let seed = file(
        r#"
        [tinyauth]
        users = [
            "it's me:$$2a$$10$$AvGHLTYv3xiRJ0xV9xs3XeVIlkGTygI9nqIamFYB5Xu.5.0UWF7B6",
            "bob:$2a$10$AvGHLTYv3xiRJ0xV9xs3XeVIlkGTygI9nqIamFYB5Xu.5.0UWF7B6:JBSWY3DPEHPK3PXP",
        ]
        "#,
    );
    let seed = ["--seed", seed.path().to_str().expect("a path"), "--listen", "127.0.0.1:0"];
    let program = Program::answering(&["tinyauth"], &seed);
    assert!(program.printed.contains("  it's me\n") && program.printed.contains("  bob, with TOTP\n"));
    assert!(!program.printed.contains("AvGH") && !program.printed.contains("JBSW"));
    let Some(answers) = run(&program.script().replace("PASSWORD=…", "PASSWORD='pass'")) else { return };
    assert!(answers.contains(r#""message":"Authenticated""#) && answers.contains(r#""isLoggedIn":true"#), "{answers}");
}

#[test]
fn what_it_prints_of_uptinio_can_be_pasted_too_and_mails_are_printed() {
    let mut program = Program::answering(&["uptinio"], &["--listen", "127.0.0.1:0"]);
    assert!(program.printed.starts_with("Uptinio answers at http://127.0.0.1:"));
    let user = "  user@example.com (standard, verified), password: your_password, token: YOUR_AUTHENTICATION_TOKEN\n";
    assert!(program.printed.contains(user), "{}", program.printed);
    let Some(answers) = run(program.script()) else { return };
    assert!(answers.contains(r#""message":"User registered successfully""#), "{answers}");
    assert!(answers.contains(r#""valid":true"#) && answers.contains(r#""url":"https://example.org""#), "{answers}");
    let mails = [program.read_line(), program.read_line()];
    assert!(mails[0].starts_with("Mail to somebody@example.com: Your provisional password: "), "{mails:?}");
    let code = mails[1].strip_prefix("Mail to somebody@example.com: Your verification code: ").expect("a code");
    assert!(code.trim().len() == 6 && code.trim().bytes().all(|byte| byte.is_ascii_digit()), "{code}");
}

#[test]
fn the_users_of_uptinio_in_a_file_sign_in_and_their_secrets_are_not_printed() {
    let seed = file(
        r#"
        [[uptinio.users]]
        email = "it's.me@example.com"
        password = "hush hush"
        plan = "enterprise"
        token = "hush-token"

        [[uptinio.users]]
        email = "banned@example.com"
        password = "hush hush"
        verified = false
        banned = true

        [[uptinio.projects]]
        owner = "it's.me@example.com"
        name = "Shop"
        token = "hush-project"

        [[uptinio.projects.monitors]]
        url = "https://shop.example"
        "#,
    );
    let seed = ["--seed", seed.path().to_str().expect("a path"), "--listen", "127.0.0.1:0"];
    let program = Program::answering(&["uptinio"], &seed);
    assert!(program.printed.contains("  it's.me@example.com (enterprise, verified)\n"), "{}", program.printed);
    assert!(program.printed.contains("  banned@example.com (standard, unverified, banned)\n"), "{}", program.printed);
    assert!(!program.printed.contains("hush"));
    let Some(answers) = run(&program.script().replace("PASSWORD=…", "PASSWORD='hush hush'")) else { return };
    assert!(answers.contains(r#""valid":true"#) && answers.contains(r#""url":"https://shop.example""#), "{answers}");
}

/// The lines with curl of Uptinio's document, as they stand there.
const REGISTER: &str = r#"curl -X POST "https://app.uptinio.com/api/v1/users" \
  -H "Content-Type: application/json" \
  -d '{
    "user": {
      "email": "user@example.com",
      "name": "John Doe",
      "password": "secure_password123",
      "password_confirmation": "secure_password123",
      "first_website": "https://example.com"
    }
  }'"#;
const QUICK_REGISTER: &str = r#"curl -X POST "https://app.uptinio.com/api/v1/registrations" \
  -H "Content-Type: application/json" \
  -d '{
    "endpoint": "https://example.com",
    "email": "user@example.com"
  }'"#;
const VALIDATE: &str = r#"curl -H "Authorization: Bearer YOUR_AUTHENTICATION_TOKEN" \
     https://app.uptinio.com/api/v1/auth/validate"#;
const NETWORK_MONITORS: &str = r#"curl -H "Authorization: Bearer YOUR_PROJECT_API_TOKEN" \
     https://app.uptinio.com/api/v1/network_monitors"#;
const VERIFY: &str = r#"curl -X POST "https://app.uptinio.com/api/v1/email_verifications/verify" \
  -H "Authorization: Bearer YOUR_USER_AUTHENTICATION_TOKEN" \
  -H "Content-Type: application/json" \
  -d '{
    "code": "123456"
  }'"#;
const RESEND: &str = r#"curl -X POST "https://app.uptinio.com/api/v1/email_verifications/resend" \
  -H "Authorization: Bearer YOUR_USER_AUTHENTICATION_TOKEN" \
  -H "Content-Type: application/json""#;

#[test]
fn the_curl_lines_of_uptinios_document_work_as_written() {
    // Nobody has the address that they register, and nobody was sent a code within the last minute.
    let newcomers = file(
        r#"
        [[uptinio.users]]
        email = "unverified@example.com"
        password = "hush hush"
        verified = false
        token = "YOUR_USER_AUTHENTICATION_TOKEN"
        "#,
    );
    let newcomers = ["--seed", newcomers.path().to_str().expect("a path")];
    answers(&newcomers, &[(REGISTER, "User created successfully"), (RESEND, "Verification code sent successfully")]);
    answers(&newcomers, &[(QUICK_REGISTER, "User registered successfully")]);
    answers(
        &[],
        &[
            (VALIDATE, r#""valid":true"#),
            (NETWORK_MONITORS, r#""url":"https://example.com""#),
            (VERIFY, "Email verified successfully"),
            (RESEND, "Email is already verified"),
        ],
    );
}

/// Runs lines with curl against one program, and holds each answer to a text that is in it.
fn answers(seed: &[&str], lines: &[(&str, &str)]) {
    let program = Program::answering(&["uptinio"], &[&["--listen", "127.0.0.1:0"], seed].concat());
    for (line, shown) in lines {
        let Some(answer) = run(&line.replace("https://app.uptinio.com", program.url())) else { return };
        assert!(answer.contains(shown), "{line}\n{answer}");
    }
}

#[test]
fn mails_go_to_the_relay_that_is_named() {
    let relay = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = relay.local_addr().expect("an address").to_string();
    let program = Program::answering(&["uptinio"], &["--listen", "127.0.0.1:0", "--smtp", &address]);
    let mut registration = TcpStream::connect(program.url().trim_start_matches("http://")).expect("it listens");
    let body = r#"{"endpoint":"https://example.com","email":"somebody@example.com"}"#;
    let head = "POST /api/v1/registrations HTTP/1.1\r\nHost: test\r\nConnection: close";
    write!(registration, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).expect("it reads");
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || tell.send(relay.accept()));
    let accepted = told.recv_timeout(Duration::from_secs(10)).expect("it comes to the relay");
    let (mut mail, _) = accepted.expect("a connection");
    mail.write_all(b"220 relay\r\n").expect("it reads");
    let mut greeting = String::new();
    BufReader::new(mail).read_line(&mut greeting).expect("text");
    assert!(greeting.starts_with("EHLO "), "{greeting}");
}

#[test]
fn all_of_them_run_at_once_and_people_log_in_to_tinyauth_by_the_provider() {
    let apis = ["identity-provider", "tinyauth", "umami", "uptinio"];
    let program = Program::answering(&apis, &["--listen", "127.0.0.1:0"]);
    for heading in ["Umami answers at", "Tinyauth answers at", "Uptinio answers at", "An identity provider answers at"]
    {
        assert!(program.printed.contains(heading), "{heading}");
    }
    let sections = program.printed.split("Tinyauth answers at").nth(1).expect("a section");
    let script = sections.split_once("Try it:\n").expect("the heading").1.split_once("\n\n").expect("an end").0;
    let Some(answers) = run(script) else { return };
    assert!(answers.contains(r#""url":"http://127.0.0.1:"#) && answers.contains("code_challenge="), "{answers}");
}

#[test]
fn further_ones_take_the_next_ports() {
    let port =
        |port| TcpListener::bind(("127.0.0.1", port)).and_then(|taken| taken.local_addr()).map(|taken| taken.port());
    let mut free = std::iter::repeat_with(|| port(0).expect("a free port"));
    let first = free.find(|first| first.checked_add(1).is_some_and(|next| port(next).is_ok())).expect("two free ports");
    let apis = ["identity-provider", "tinyauth"];
    let program = Program::answering(&apis, &["--listen", &format!("127.0.0.1:{first}")]);
    let second = first + 1;
    assert!(program.printed.contains(&format!("identity provider answers at http://127.0.0.1:{first}\n")));
    assert!(program.printed.contains(&format!("Tinyauth answers at http://127.0.0.1:{second}\n")));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_well() {
    for signal in ["-TERM", "-INT"] {
        assert_eq!(Program::start(&[]).stop(signal), (Some(0), String::new()), "{signal}");
    }
}

#[cfg(unix)]
#[test]
fn a_second_signal_ends_it_at_once_however_many_logins_wait() {
    let program = Program::start(&[]);
    let address = program.url().trim_start_matches("http://");
    let login = |_| {
        let mut stream = TcpStream::connect(address).expect("it listens");
        let head = "POST /api/auth/login HTTP/1.1\r\nHost: test\r\nContent-Length: 49";
        write!(stream, "{head}\r\n\r\n{{\"username\":\"umami\",\"password\":\"correct horse\"}}").expect("it reads");
        stream
    };
    let waiting: Vec<_> = (0..400).map(login).collect(); // some ten seconds of hashing
    let begun = Instant::now();
    program.signal("-TERM");
    while TcpStream::connect(address).is_ok() {} // until it has heard the first
    let (code, _) = program.stop("-TERM");
    assert_eq!(code, Some(0));
    assert!(begun.elapsed() < Duration::from_secs(4), "it took {:?}", begun.elapsed());
    drop(waiting);
}

#[cfg(unix)]
#[test]
fn it_logs_each_exchange_when_asked_to_and_no_secret() {
    let program = Program::start(&["-v"]);
    let ran = run(program.script()).is_some();
    let (code, logged) = program.stop("-TERM");
    assert_eq!(code, Some(0));
    assert!(!ran || logged.contains("/api/websites") && logged.contains("status=200"), "{logged}");
    assert!(!logged.contains("your-password") && !logged.contains("Bearer"), "{logged}");
}

#[test]
fn it_says_how_it_departs_from_the_document() {
    let of_release_and_more = ["--deviation", "umami.any-scheme", "--deviation", "umami.bare-token"];
    let program = Program::start(&[&["--release", "umami-3.1.0"], &of_release_and_more[..]].concat());
    for deviation in ["umami.created-at-iso", "umami.any-scheme", "umami.bare-token"] {
        assert_eq!(program.printed.matches(&format!("  {deviation}\n")).count(), 1, "{deviation}");
    }
    let Some(answers) = run(program.script()) else { return };
    assert!(answers.contains(r#""createdAt":"2020-04-20T01:00:00.000Z""#), "{answers}");
}

#[cfg(unix)]
#[test]
fn it_warns_when_other_machines_could_log_in_with_the_sample_passwords() {
    let program = Program::start_on("0.0.0.0:0", &[]);
    let (_, logged) = program.stop("-TERM");
    assert!(logged.contains("warning: other machines can reach 0.0.0.0:0") && logged.contains("--seed"), "{logged}");
}

#[test]
fn bad_input_is_exit_code_2_and_a_sentence_that_helps() {
    let said = refused(&["--release", "umami-9"]);
    assert!(said.contains("umami-9") && said.contains("umami-3.1.0"), "{said}");
    let said = refused(&["--deviation", "umami.any-pasword"]);
    assert!(said.contains("umami.any-password"), "{said}");
    let said = refused(&["--api", "unami"]);
    assert!(said.contains("possible values: umami, tinyauth, uptinio, identity-provider"), "{said}");
    let said = refused(&["--api", "tinyauth", "--release", "umami-3.1.0"]);
    assert!(said.contains("--release umami-3.1.0 is of umami, which is not started; --api umami"), "{said}");
    let said = refused(&["--api", "umami", "--deviation", "tinyauth.any-password"]);
    assert!(said.contains("--deviation tinyauth.any-password is of tinyauth, which is not started"), "{said}");
    let said = refused(&["--api", "umami", "--smtp", "127.0.0.1:25"]);
    assert!(said.contains("--smtp is of uptinio, which is not started; --api uptinio starts it"), "{said}");
    let said = refused(&["--smtp", "127.0.0.1"]);
    assert!(said.contains("a relay is written \"host:port\""), "{said}");
    let said = refused(&["--seed", "/no/such/file"]);
    assert!(said.contains("/no/such/file: cannot be read"), "{said}");
}

#[test]
fn a_bad_seed_file_is_told_by_file_line_and_key() {
    let alice = "[[umami.users]]\nusername = \"a\"\n";
    let wrong = [
        (format!("{alice}pasword = \"hush\""), ":3: umami.users[0]: this is unknown; expected one of `id`, `username`"),
        (format!("{alice}hush = \"password\""), ":3: umami.users[0]: this is unknown; expected one of `id`"),
        (format!("{alice}password = 1234"), ":3: umami.users[0].password: this has to be a text in quotes"),
        (format!("{alice}role = \"hush\""), ":3: umami.users[0].role: this is unknown; expected one of `admin`"),
        (format!("{alice}created_at = \"hush\""), ":3: umami.users[0].created_at: a date is written like"),
        (format!("{alice}password = \"\""), ": umami: the `password` of \"a\" has to be"),
        (alice.to_owned(), ":1: umami.users[0]: missing field `password`"),
        ("[umami]\nusers = [\"alice:hush\"]".to_owned(), ":2: umami.users[0]: expected struct User"),
        ("[umami]\nusers = \"a, expected hush\"".to_owned(), ":2: umami.users: expected a sequence"),
        ("[[umami.users]]\npassword = hush".to_owned(), ":2: this is no TOML: "),
        ("[[unami.users]]".to_owned(), ":1: this is unknown; expected one of `umami`, `tinyauth`"),
        ("[umami]\nusers = []".to_owned(), ": umami: there is no user, and a server has at least one"),
        ("[tinyauth]\nusers = [\"alice:hush\"]".to_owned(), ":2: tinyauth.users[0]: a user is written \"name:hash\""),
        ("[tinyauth]\nusers = [1]".to_owned(), ":2: tinyauth.users[0]: a user is written \"name:hash\""),
        ("[tinyauth]\nusers = []\napp_url = \"hush\"".to_owned(), ":3: tinyauth.app_url: an address is written like"),
        ("[tinyauth]\nusers = []".to_owned(), ": tinyauth: there is no user"),
        ("[uptinio]\nsmtp = \"hush\"".to_owned(), ":2: uptinio.smtp: a relay is written \"host:port\""),
        ("[[uptinio.users]]\nemail = \"a@b.test\"".to_owned(), ":1: uptinio.users[0]: missing field `password`"),
        ("[[uptinio.users]]\nemail = \"a\"\npassword = \"hush\"".to_owned(), ": uptinio: \"a\" is no e-mail address"),
        ("[identity-provider]\npeople = []\nclients = []".to_owned(), ": identity-provider: there is nobody"),
        (String::new(), ": there is nothing in it for what is started: umami, tinyauth, uptinio, identity-provider"),
    ];
    for (text, reason) in wrong {
        let seed = file(&text);
        let path = seed.path().to_str().expect("a path");
        let said = refused(&["--seed", path]);
        assert!(said.contains(&format!("{path}{reason}")), "{said}");
        assert!(!said.contains("hush"), "{said}");
    }
}

#[test]
fn a_port_in_use_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("bound").to_string();
    let said = refused(&["--api", "umami", "--listen", &address]);
    assert!(said.contains(&address) && said.contains("in use") && said.contains("--listen"), "{said}");
}

#[test]
fn the_help_teaches() {
    let Output { status, stdout, .. } = program(&["--help"]).output().expect("it starts");
    let help = String::from_utf8(stdout).expect("text");
    assert!(status.success());
    let words = ["Examples:", "[[umami.users]]", "[tinyauth]", "[[uptinio.users]]", "[[identity-provider.people]]"];
    for word in words.into_iter().chain(["--deviation", "--smtp", "SIGTERM"]) {
        assert!(help.contains(word), "{word}");
    }
}
