//! Umami's answers, whatever they are.

#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use probity::umami::{
    Active, CreateWebsite, Credentials, DeleteWebsite, Event, Events, Login, Range, SendBatch, SendEvent, Stats,
    Verify, Websites,
};
use probity_fuzz::{answer, read};

fuzz_target!(|data: &[u8]| {
    let Some(response) = answer(data) else { return };
    let (event, range) = (Event::page_view("1"), Range::last(Duration::ZERO));
    read(&Login::new(&Credentials::new("admin", "password")), &response);
    read(&Verify, &response);
    read(&Websites::default(), &response);
    read(&CreateWebsite::new("shop", "example.com"), &response);
    read(&DeleteWebsite::new("1"), &response);
    read(&SendEvent::new(&event), &response);
    read(&SendBatch::new(&[]), &response);
    read(&Stats::new("1", range), &response);
    read(&Events::new("1", range), &response);
    read(&Active::new("1"), &response);
});
