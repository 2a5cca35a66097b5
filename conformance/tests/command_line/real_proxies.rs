//! The protected app behind real proxies: nginx by `auth_request`, Caddy by `forward_auth`.

use crate::deployment::Deployment;
use crate::probity::{command, ended};
use crate::raw_server::{answer, answering};
use crate::skipped;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};

#[test]
fn nginx_lets_through_who_is_logged_in_and_refuses_everybody_else() {
    guards_the_app("nginx", Nginx::start, "401 Unauthorized");
}

#[test]
fn caddy_lets_through_who_is_logged_in_and_sends_browsers_to_log_in() {
    guards_the_app("caddy", Caddy::start, "302 Found");
}

/// Plays the suite's cases of the protected app, and then the document's own line.
fn guards_the_app<P>(program: &str, start: fn(&Path, SocketAddr, &str, SocketAddr) -> P, what_a_browser_gets: &str) {
    if Command::new(program).arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        return skipped(&format!("there is no {program} here: install Debian's package {program}"));
    }
    let tinyauth = Deployment::of("tinyauth", &[]);
    let app = answering(|request| answer("200 OK", "text/plain", format!("the app for {}", remote_user(request))));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let address = free_address();
    let _proxy = start(folder.path(), address, &tinyauth.url, app);

    let report = folder.path().join("report.json");
    let mut run = command(&["--target", &format!("tinyauth={}", tinyauth.url), "--allow", "all"]);
    run.args(["--filter", "tinyauth.proxy.*", "--report", &format!("json={}", report.display())]);
    for (key, value) in &tinyauth.values {
        run.env(format!("PROBITY_TINYAUTH_{}", key.to_uppercase()), value);
    }
    run.env("PROBITY_TINYAUTH_APP", format!("http://{address}/dashboard?tab=1"));
    let told = ended(run).with(0).out;
    assert!(told.contains("4 cases: 4 pass"), "{told}");
    assert!(told.contains("an API client: 401 Unauthorized"), "{told}");
    assert!(told.contains(&format!("a browser: {what_a_browser_gets}")), "{told}");

    let by_curl = |name: &str, password: &str| {
        let pair = format!("{name}:{password}");
        let output = Command::new("curl").args(["-s", "-u", &pair, &format!("http://{address}/")]).output();
        String::from_utf8_lossy(&output.expect("curl runs").stdout).into_owned()
    };
    if Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_err() {
        return skipped("there is no curl here, so the document's own line was not run");
    }
    let value = |key: &str| tinyauth.values[key].as_str();
    assert_eq!(by_curl(value("username"), value("password")), format!("the app for {}", value("username")));
    assert!(!by_curl(value("username"), "another password").contains("the app"));
    assert!(!by_curl(value("totp_username"), value("totp_password")).contains("the app"));
}

fn remote_user(request: &str) -> String {
    let headers = request.lines().filter_map(|line| line.split_once(": "));
    let mut users = headers.filter(|(name, _)| name.eq_ignore_ascii_case("remote-user")).map(|(_, user)| user);
    users.next().unwrap_or("nobody").to_owned()
}

/// An address that nobody listens on: these programs cannot be told to take a free one and say which.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port")
}

/// A running nginx. It goes into the background once it listens.
struct Nginx {
    stop: Command,
}

impl Nginx {
    fn start(folder: &Path, address: SocketAddr, tinyauth: &str, app: SocketAddr) -> Self {
        let configuration = format!(
            "pid nginx.pid;
error_log error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {{
        listen {address};
        location / {{
            auth_request /tinyauth;
            auth_request_set $remote_user_told $upstream_http_remote_user;
            proxy_set_header Remote-User $remote_user_told;
            proxy_pass http://{app};
        }}
        location = /tinyauth {{
            internal;
            proxy_pass {tinyauth}/api/auth/nginx;
            proxy_pass_request_body off;
            proxy_set_header Content-Length \"\";
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $http_host;
            proxy_set_header X-Forwarded-Uri $request_uri;
        }}
    }}
}}
"
        );
        fs::write(folder.join("nginx.conf"), configuration).expect("a file");
        let nginx = || {
            let mut nginx = Command::new("nginx");
            nginx.arg("-p").arg(folder).arg("-c").arg(folder.join("nginx.conf")).arg("-q");
            nginx.stdout(Stdio::null()).stderr(Stdio::null());
            nginx
        };
        assert!(nginx().status().expect("nginx runs").success(), "nginx listens");
        let mut stop = nginx();
        stop.args(["-s", "stop"]);
        Self { stop }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // One that has ended already is what is wanted.
        let _ = self.stop.status();
    }
}

/// A running Caddy.
struct Caddy(Child);

impl Caddy {
    fn start(folder: &Path, address: SocketAddr, tinyauth: &str, app: SocketAddr) -> Self {
        let configuration = format!(
            "{{
    admin off
    auto_https off
}}
http://{address} {{
    forward_auth {tinyauth} {{
        uri /api/auth/caddy
        copy_headers Remote-User Remote-Name Remote-Email Remote-Groups
    }}
    reverse_proxy {app}
}}
"
        );
        let file = folder.join("Caddyfile");
        fs::write(&file, configuration).expect("a file");
        let mut caddy = Command::new("caddy");
        caddy.args(["run", "--adapter", "caddyfile", "--config"]).arg(&file);
        caddy.env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
        let mut caddy = caddy.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("caddy runs");
        let mut told = BufReader::new(caddy.stderr.take().expect("it is piped")).lines().map_while(Result::ok);
        let mut before = Vec::new();
        let serves = told
            .by_ref()
            .inspect(|line| before.push(line.clone()))
            .any(|line| line.contains("serving initial configuration"));
        assert!(serves, "{before:?}");
        // Whoever stops reading what it goes on to say would stop it in the end.
        std::thread::spawn(move || told.for_each(drop));
        Self(caddy)
    }
}

impl Drop for Caddy {
    fn drop(&mut self) {
        // One that has ended already is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
