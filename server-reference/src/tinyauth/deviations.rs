//! The ways to depart from Tinyauth's document: a switch for each entry of the catalogue, off by default.

use crate::deviation::deviations;

deviations! {
    of probity_fixtures::tinyauth::API;

    // Basic
    BasicAnyPassword = "tinyauth.basic-any-password",
    BasicAnyUser = "tinyauth.basic-any-user",
    BasicSplitsAtLastColon = "tinyauth.basic-splits-at-last-colon",
    BasicSchemeCaseSensitive = "tinyauth.basic-scheme-case-sensitive",
    MalformedBasicCrashes = "tinyauth.malformed-basic-crashes",
    BasicWithoutEncoding = "tinyauth.basic-without-encoding",
    BasicForTotpAccounts = "tinyauth.basic-for-totp-accounts",
    BasicForTotpAccountsAtUser = "tinyauth.basic-for-totp-accounts-at-user",
    BasicExpires = "tinyauth.basic-expires",
    BasicIgnoredAtUser = "tinyauth.basic-ignored-at-user",
    BasicIgnoredForNginx = "tinyauth.basic-ignored-for-nginx",
    BasicRefused = "tinyauth.basic-refused",

    // API mode
    BasicLeavesTheMode = "tinyauth.basic-leaves-the-mode",
    ModeByUserAgent = "tinyauth.mode-by-user-agent",
    WildcardIsBrowser = "tinyauth.wildcard-is-browser",
    ApiModeNever = "tinyauth.api-mode-never",
    ApiModeAlways = "tinyauth.api-mode-always",
    RefusalInHtml = "tinyauth.refusal-in-html",
    RefusalIs403 = "tinyauth.refusal-is-403",
    RefusalIs200 = "tinyauth.refusal-is-200",
    RefusalWithoutMessage = "tinyauth.refusal-without-message",
    RefusalSaysLogIn = "tinyauth.refusal-says-log-in",
    NoChallenge = "tinyauth.no-challenge",
    MalformedLabelledAsText = "tinyauth.malformed-labelled-as-text",
    OtherMethodsUnknown = "tinyauth.other-methods-unknown",
    ReadsByAnyMethod = "tinyauth.reads-by-any-method",

    // Sessions
    SessionWithoutExpiry = "tinyauth.session-without-expiry",
    SessionNeverEnds = "tinyauth.session-never-ends",
    SessionUnauthenticated = "tinyauth.session-unauthenticated",
    SessionKeyShared = "tinyauth.session-key-shared",
    MalformedSessionCrashes = "tinyauth.malformed-session-crashes",
    SessionOfTheLatest = "tinyauth.session-of-the-latest",
    SessionReadable = "tinyauth.session-readable",

    // GET /api/healthcheck
    HealthcheckSaysHealthy = "tinyauth.healthcheck-says-healthy",
    HealthcheckStatusIsText = "tinyauth.healthcheck-status-is-text",
    HealthcheckWantsLogin = "tinyauth.healthcheck-wants-login",

    // GET /api/auth/:proxy
    TraefikRedirects307 = "tinyauth.traefik-redirects-307",
    CaddyRefusesBrowsers = "tinyauth.caddy-refuses-browsers",
    CaddyUnknown = "tinyauth.caddy-unknown",
    RedirectWithoutLocation = "tinyauth.redirect-without-location",
    RedirectUnencoded = "tinyauth.redirect-unencoded",
    RedirectDropsQuery = "tinyauth.redirect-drops-query",
    RemoteUserOfTheRequest = "tinyauth.remote-user-of-the-request",
    RefusalNamesUser = "tinyauth.refusal-names-user",
    AuthByAnyMethod = "tinyauth.auth-by-any-method",
    WrongSessionIsLetIn = "tinyauth.wrong-session-is-let-in",
    SessionWantsItsAddress = "tinyauth.session-wants-its-address",

    // POST /api/login
    LoginByUsernameOnly = "tinyauth.login-by-username-only",
    TotpPendingIsABoolean = "tinyauth.totp-pending-is-a-boolean",
    TotpPendingLeftOut = "tinyauth.totp-pending-left-out",
    LoginSaysLoginSuccessful = "tinyauth.login-says-login-successful",
    AnyPassword = "tinyauth.any-password",
    AnyUsername = "tinyauth.any-username",
    EmptyPasswordAccepted = "tinyauth.empty-password-accepted",
    MissingPasswordAccepted = "tinyauth.missing-password-accepted",
    MissingNameAccepted = "tinyauth.missing-name-accepted",
    PasswordOfAnyType = "tinyauth.password-of-any-type",
    NameOfAnyType = "tinyauth.name-of-any-type",
    MalformedLoginCrashes = "tinyauth.malformed-login-crashes",
    JunkAfterJsonAccepted = "tinyauth.junk-after-json-accepted",
    RefusedLoginSetsSession = "tinyauth.refused-login-sets-session",
    RefusedLoginIs400 = "tinyauth.refused-login-is-400",
    UnknownUserTold = "tinyauth.unknown-user-told",
    NeverLocks = "tinyauth.never-locks",
    LocksEveryone = "tinyauth.locks-everyone",
    LockNeverEnds = "tinyauth.lock-never-ends",
    LoginByAnyMethod = "tinyauth.login-by-any-method",
    LoginSetsNoSession = "tinyauth.login-sets-no-session",

    // POST /api/totp
    TotpSkipped = "tinyauth.totp-skipped",
    PendingCountsAtAuth = "tinyauth.pending-counts-at-auth",
    PendingCountsAtUser = "tinyauth.pending-counts-at-user",
    AnyCode = "tinyauth.any-code",
    CodeWindowOfAnHour = "tinyauth.code-window-of-an-hour",
    CodeCountsTwice = "tinyauth.code-counts-twice",
    CodeAloneLogsIn = "tinyauth.code-alone-logs-in",
    CodeWithBasic = "tinyauth.code-with-basic",
    CodeWithoutLoginCrashes = "tinyauth.code-without-login-crashes",
    EmptyCodeAccepted = "tinyauth.empty-code-accepted",
    NumericCodeAccepted = "tinyauth.numeric-code-accepted",
    MalformedCodeCrashes = "tinyauth.malformed-code-crashes",
    RefusedCodeSetsSession = "tinyauth.refused-code-sets-session",
    RefusedCodeIs400 = "tinyauth.refused-code-is-400",
    CodesUnlimited = "tinyauth.codes-unlimited",
    TotpSetsNoSession = "tinyauth.totp-sets-no-session",
    CodeByAnyMethod = "tinyauth.code-by-any-method",

    // POST /api/logout
    LogoutEndsSession = "tinyauth.logout-ends-session",
    LogoutKeepsCookie = "tinyauth.logout-keeps-cookie",
    LogoutEmptiesSession = "tinyauth.logout-empties-session",
    LogoutByGet = "tinyauth.logout-by-get",
    LogoutSaysLogoutSuccessful = "tinyauth.logout-says-logout-successful",

    // GET /api/app
    AppWantsLogin = "tinyauth.app-wants-login",
    AppWithoutDomain = "tinyauth.app-without-domain",
    AppGreets = "tinyauth.app-greets",

    // GET /api/user
    UserSaysAuthenticated = "tinyauth.user-says-authenticated",
    UserSaysSuccess = "tinyauth.user-says-success",
    UserProviderIsLocal = "tinyauth.user-provider-is-local",
    UserSaysPending = "tinyauth.user-says-pending",
    UserNamesAnother = "tinyauth.user-names-another",
    EverybodyIsLoggedIn = "tinyauth.everybody-is-logged-in",
    LoggedInIsText = "tinyauth.logged-in-is-text",
    OauthUntold = "tinyauth.oauth-untold",
    UserLabelledAsText = "tinyauth.user-labelled-as-text",

    // GET /api/oauth/url/:provider
    UrlWithoutState = "tinyauth.url-without-state",
    StateConstant = "tinyauth.state-constant",
    UrlWithoutPkce = "tinyauth.url-without-pkce",
    PkcePlain = "tinyauth.pkce-plain",
    PkceConstant = "tinyauth.pkce-constant",
    UnknownProviderIsGeneric = "tinyauth.unknown-provider-is-generic",
    RedirectUriRequired = "tinyauth.redirect-uri-required",
    UrlIsAPath = "tinyauth.url-is-a-path",
    UrlAsksForAToken = "tinyauth.url-asks-for-a-token",

    // GET /api/oauth/callback/:provider
    CallbackAlwaysRedirects = "tinyauth.callback-always-redirects",
    CallbackAnswersBrowsersInJson = "tinyauth.callback-answers-browsers-in-json",
    CallbackSetsNoSession = "tinyauth.callback-sets-no-session",
    CallbackGoesHome = "tinyauth.callback-goes-home",
    CallbackForgetsTheAddress = "tinyauth.callback-forgets-the-address",
    RedirectCookieRenamed = "tinyauth.redirect-cookie-renamed",
    OpenRedirect = "tinyauth.open-redirect",
    OpenRedirectBySuffix = "tinyauth.open-redirect-by-suffix",
    OpenRedirectByPrefix = "tinyauth.open-redirect-by-prefix",
    StateUnchecked = "tinyauth.state-unchecked",
    StateOfAnyBrowser = "tinyauth.state-of-any-browser",
    CallbackCodeUnchecked = "tinyauth.callback-code-unchecked",
    CallbackCodeOptional = "tinyauth.callback-code-optional",
    CallbackCountsTwice = "tinyauth.callback-counts-twice",
    CallbackFailureIs200 = "tinyauth.callback-failure-is-200",
}
