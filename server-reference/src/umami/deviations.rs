//! The ways to depart from Umami's document: a switch for each entry of the catalogue, off by default.

use crate::deviation::deviations;

deviations! {
    of probity_fixtures::umami::API;

    // POST /api/auth/login
    CreatedAtIso = "umami.created-at-iso",
    LoginLabelledAsText = "umami.login-labelled-as-text",
    LoginNamesAnotherUser = "umami.login-names-another-user",
    AnyPassword = "umami.any-password",
    AnyUsername = "umami.any-username",
    PasswordShortened = "umami.password-shortened",
    PasswordInAnyCase = "umami.password-in-any-case",
    PasswordTrimmed = "umami.password-trimmed",
    PasswordCutAtNul = "umami.password-cut-at-nul",
    UsernameIsPattern = "umami.username-is-pattern",
    UsernameIsSql = "umami.username-is-sql",
    LaterLoginsWithoutId = "umami.later-logins-without-id",
    RefusalHoldsToken = "umami.refusal-holds-token",
    UnknownUserTold = "umami.unknown-user-told",
    EmptyPasswordAccepted = "umami.empty-password-accepted",
    MissingPasswordAccepted = "umami.missing-password-accepted",
    MissingUsernameAccepted = "umami.missing-username-accepted",
    PasswordOfAnyType = "umami.password-of-any-type",
    UsernameOfAnyType = "umami.username-of-any-type",
    MalformedBodyCrashes = "umami.malformed-body-crashes",
    LoginByAnyMethod = "umami.login-by-any-method",
    NoAllowHeader = "umami.no-allow-header",

    // The Authorization header
    TokenInAnotherHeader = "umami.token-in-another-header",
    AnyToken = "umami.any-token",
    TokenOfAnotherUser = "umami.token-of-another-user",
    SignatureUnchecked = "umami.signature-unchecked",
    UnsignedToken = "umami.unsigned-token",
    TokenNeverExpires = "umami.token-never-expires",
    TokenNotRequired = "umami.token-not-required",
    TokenNotRequiredElsewhere = "umami.token-not-required-elsewhere",
    SingleUseToken = "umami.single-use-token",
    AnyScheme = "umami.any-scheme",
    BareToken = "umami.bare-token",
    SchemeInOneCase = "umami.scheme-in-one-case",
    OneSpaceAfterScheme = "umami.one-space-after-scheme",

    // GET /api/websites
    WebsitesLabelledAsHtml = "umami.websites-labelled-as-html",

    // POST /api/auth/verify
    VerifyLabelledAsText = "umami.verify-labelled-as-text",
    VerifyWithoutToken = "umami.verify-without-token",
    VerifyRefusesWith200 = "umami.verify-refuses-with-200",
    VerifyRefusalNamesUser = "umami.verify-refusal-names-user",
    VerifyNamesAnotherUser = "umami.verify-names-another-user",
    AdminFlagWrong = "umami.admin-flag-wrong",
    VerifyByGet = "umami.verify-by-get",
    NoChallenge = "umami.no-challenge",
    LoginMayBeCached = "umami.login-may-be-cached",

    // POST /api/send
    StoresNothing = "umami.stores-nothing",
    CountsTwice = "umami.counts-twice",
    CountsElsewhere = "umami.counts-elsewhere",
    CountsForAnother = "umami.counts-for-another",
    LosesTheName = "umami.loses-the-name",
    LosesTheUrl = "umami.loses-the-url",
    SendNeedsToken = "umami.send-needs-token",
    SendMindsToken = "umami.send-minds-token",
    WebsiteNotRequired = "umami.website-not-required",
    AnyWebsite = "umami.any-website",
    AnyType = "umami.any-type",
    PayloadTypesUnchecked = "umami.payload-types-unchecked",
    WebsiteOfAnyType = "umami.website-of-any-type",
    StoresWhatItRefuses = "umami.stores-what-it-refuses",
    FlatDataOnly = "umami.flat-data-only",
    DataRequired = "umami.data-required",
    MalformedEventCrashes = "umami.malformed-event-crashes",
    NoUserAgentRegistered = "umami.no-user-agent-registered",
    BotsRegistered = "umami.bots-registered",
    BrowsersTakenForBots = "umami.browsers-taken-for-bots",
    NoCors = "umami.no-cors",
    CorsWithoutContentType = "umami.cors-without-content-type",
    CorsForPreflightsAlone = "umami.cors-for-preflights-alone",
    SendByAnyMethod = "umami.send-by-any-method",
}
