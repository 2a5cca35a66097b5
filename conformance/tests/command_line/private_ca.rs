//! Deployments whose certificates a private CA has signed.

use crate::deployment::{Deployment, PASSWORD, USERNAME};
use crate::probity::{Ended, command, ended};
use crate::tls_server::{Authority, Certified, in_front_of};

/// A case, put to a deployment behind TLS, with a file of certificates to be trusted if one is given.
fn put_to(certified: Certified, ca: Option<&str>) -> Ended {
    let deployment = Deployment::umami(&[]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("https://localhost:{}", in_front_of(&deployment.url, certified).port());
    let mut run = command(&["--target", &format!("umami={url}"), "--filter", "umami.login.own-user"]);
    run.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
    if let Some(pem) = ca {
        let file = folder.path().join("private-ca.pem");
        std::fs::write(&file, pem).expect("it can be written");
        run.env("PROBITY_UMAMI_CA", file);
    }
    ended(run)
}

#[test]
fn who_is_named_is_trusted_and_nobody_else() {
    let authority = Authority::new("ours");
    let trusted = put_to(authority.certify("localhost"), Some(&authority.pem())).with(0);
    assert!(trusted.out.contains("✓ umami.login.own-user"), "{}", trusted.out);
    for ca in [None, Some(Authority::new("others").pem())] {
        let told = put_to(authority.certify("localhost"), ca.as_deref()).with(3).out;
        assert!(told.contains("`ca` names a file with whom to trust besides"), "{told}");
    }
}

#[test]
fn a_certificate_is_still_held_to_its_host_and_its_days() {
    let authority = Authority::new("ours");
    let told = |certified| put_to(certified, Some(&authority.pem())).with(3).out;
    let others = told(authority.certify("elsewhere.example"));
    assert!(others.contains("the certificate is another host's"), "{others}");
    let expired = told(authority.certify_until_2020("localhost"));
    assert!(expired.contains("the certificate has expired"), "{expired}");
}
