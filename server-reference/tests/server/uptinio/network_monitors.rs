//! GET and POST /api/v1/network_monitors

use super::*;

async fn listed(stage: &Stage, query: &str) -> Value {
    let answer = stage.shop(asking(operation::NETWORK_MONITORS, query)).await;
    assert_eq!(answer.status, 200, "{query} {}", answer.body);
    answer.json()
}

fn names(list: &Value) -> Vec<&str> {
    list["data"].as_array().expect("a list").iter().filter_map(|monitor| monitor["name"].as_str()).collect()
}

async fn create(stage: &Stage, body: &Value) -> Answer {
    stage.shop(sending(operation::CREATE_NETWORK_MONITOR, body)).await
}

#[tokio::test]
async fn a_monitor_tells_how_its_address_is() {
    let stage = Stage::new([]).await;
    let list = listed(&stage, "?search=blog").await;
    let incidents = stage.shop(asking(operation::INCIDENTS, "?status=ongoing")).await.json();
    let monitor = &list["data"][0];
    let expected = json!({
        "id": monitor["id"].as_u64().expect("a number"),
        "uuid": incidents["data"][0]["monitorable_uuid"],
        "name": "Blog",
        "url": "https://words.test",
        "check_type": "http",
        "status": "failure",
        "uptime": monitor["uptime"].as_f64().expect("a number"),
        "response_time": monitor["response_time"].as_f64().expect("a number"),
        "last_check": monitor["created_at"].as_str().expect("a time"),
        "open_incident_uuids": [incidents["data"][0]["uuid"]],
        "created_at": monitor["last_check"],
    });
    assert_eq!(*monitor, expected);
}

#[tokio::test]
async fn the_list_comes_in_pages() {
    let stage = Stage::new([]).await;
    let pages: [(&str, &[&str], Value); 5] = [
        ("", &["Blog", "Shop", "Attic"], json!([1, 25, 1, 3])),
        ("?per_page=2", &["Blog", "Shop"], json!([1, 2, 2, 3])),
        ("?per_page=2&page=2", &["Attic"], json!([2, 2, 2, 3])),
        ("?page=18446744073709551615", &[], json!([u64::MAX, 25, 1, 3])),
        ("?per_page=101", &["Blog", "Shop", "Attic"], json!([1, 100, 1, 3])),
    ];
    for (query, shown, meta) in pages {
        let list = listed(&stage, query).await;
        assert_eq!(names(&list), shown, "{query}");
        let told = ["current_page", "per_page", "total_pages", "total_count"].map(|name| list["meta"][name].clone());
        assert_eq!((json!(told), &list["meta"]["sort"]), (meta, &json!("status")), "{query}");
    }
}

#[tokio::test]
async fn it_is_sorted_by_status_or_by_age() {
    let stage = Stage::new([]).await;
    assert_eq!(create(&stage, &json!({"url": "https://new.test", "name": "New"})).await.status, 201);
    assert_eq!(names(&listed(&stage, "?sort=status").await), ["Blog", "Shop", "New", "Attic"]);
    let by_age = listed(&stage, "?sort=created_at").await;
    assert_eq!((names(&by_age), &by_age["meta"]["sort"]), (vec!["New", "Blog", "Attic", "Shop"], &json!("created_at")));
}

#[tokio::test]
async fn a_search_looks_into_names_and_addresses() {
    let stage = Stage::new([]).await;
    for (sought, found) in
        [("SHOP", &["Shop"][..]), ("words", &["Blog"]), ("%2Etest", &["Blog", "Shop", "Attic"]), ("x", &[])]
    {
        let list = listed(&stage, &format!("?search={sought}")).await;
        assert_eq!((names(&list), &list["meta"]["total_count"]), (found.to_vec(), &json!(found.len())), "{sought}");
    }
}

#[tokio::test]
async fn a_query_that_cannot_be_meant_is_a_bad_request() {
    let stage = Stage::new([]).await;
    for query in
        ["?page=0", "?page=-1", "?page=x", "?page=18446744073709551616", "?per_page=0", "?per_page=1.5", "?sort=name"]
    {
        let answer = stage.shop(asking(operation::NETWORK_MONITORS, query)).await;
        assert_eq!((answer.status, answer.json()["error"].is_string()), (400, true), "{query}");
    }
}

#[tokio::test]
async fn a_new_monitor_has_not_been_looked_at_yet() {
    let stage = Stage::new([]).await;
    for body in [
        json!({"network_monitor": {"name": "New", "url": "https://new.test"}}),
        json!({"url": "tcp://new.test:25", "check_type": "tcp"}),
    ] {
        let answer = create(&stage, &body).await;
        assert_eq!(answer.status, 201, "{body}");
        let monitor = answer.json();
        assert_eq!(
            (&monitor["status"], &monitor["uptime"], &monitor["last_check"]),
            (&json!("pending"), &Value::Null, &Value::Null)
        );
        let listed = listed(&stage, "?sort=created_at").await;
        assert_eq!(listed["data"][0], monitor);
    }
}

#[tokio::test]
async fn a_monitor_that_could_not_work_is_refused() {
    let stage = Stage::new([]).await;
    let faulty = [
        (json!({}), vec!["Url can't be blank"]),
        (json!({"url": ""}), vec!["Url can't be blank"]),
        (json!({"url": 1, "name": 1}), vec!["Name is invalid", "Url is invalid"]),
        (json!({"network_monitor": {"url": "new.test"}}), vec!["Url is invalid"]),
        (json!({"url": "https://new.test", "check_type": "smtp"}), vec!["Check type is not included in the list"]),
        (json!({"url": "https://new.test", "check_type": "tcp"}), vec!["Url is invalid"]),
        (
            json!({"url": "https://new.test", "name": "x".repeat(256)}),
            vec!["Name is too long (maximum is 255 characters)"],
        ),
    ];
    for (body, faults) in faulty {
        assert_eq!(told(&create(&stage, &body).await), (422, json!({"errors": faults})), "{body}");
    }
    let malformed = stage.shop(to(operation::CREATE_NETWORK_MONITOR).body("nonsense")).await;
    assert_eq!(told(&malformed), (400, json!({"error": "The body has to be a JSON object"})));
}

#[tokio::test]
async fn it_takes_a_verified_address_to_create_one() {
    let stage = Stage::new([]).await;
    let create =
        || bearer(sending(operation::CREATE_NETWORK_MONITOR, &json!({"url": "https://b.test"})), "bobs-projects-token");
    assert_eq!(told(&stage.send(create()).await), (403, json!({"error": "Email verification is required"})));
    let token = stage.token("bob").await;
    stage.send(bearer(resend(), &token)).await;
    stage.send(bearer(verify(stage.code("bob@corp.test")), &token)).await;
    assert_eq!(stage.send(create()).await.status, 201);
}

#[tokio::test]
async fn projects_do_not_see_each_other() {
    let stage = Stage::new([]).await;
    let list = stage.send(bearer(to(operation::NETWORK_MONITORS), "blogs-token")).await.json();
    assert_eq!(list["data"], json!([]));
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    let monitor = || sending(operation::CREATE_NETWORK_MONITOR, &json!({"url": "https://new.test"}));
    let webhook = || sending(operation::CREATE_INTEGRATION, &integrations::webhook());
    let bobs = "bobs-projects-token";
    let total = async |token| {
        stage.send(bearer(to(operation::NETWORK_MONITORS), token)).await.json()["meta"]["total_count"].clone()
    };
    Some(match deviation {
        Deviation::UnverifiedMayCreateMonitors => {
            stage.send(bearer(monitor(), bobs)).await.status == 201
                && stage.send(bearer(webhook(), bobs)).await.status == 403
        }
        Deviation::UnverifiedMayCreateIntegrations => {
            stage.send(bearer(webhook(), bobs)).await.status == 201
                && stage.send(bearer(monitor(), bobs)).await.status == 403
        }
        Deviation::RefusedMonitorStored => {
            stage.send(bearer(monitor(), bobs)).await.status == 403 && total(bobs).await == 1
        }
        Deviation::CreationsNotStored => {
            let statuses = [stage.shop(monitor()).await.status, stage.shop(webhook()).await.status];
            let listed = stage.shop(to(operation::INTEGRATIONS)).await.json();
            statuses == [201; 2] && total("shops-token").await == 3 && listed == json!([])
        }
        Deviation::VerifiedMayNotCreate => {
            [stage.shop(monitor()).await.status, stage.shop(webhook()).await.status] == [403; 2]
        }
        _ => return None,
    })
}
