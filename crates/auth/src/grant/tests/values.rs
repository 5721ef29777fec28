//! What is made without asking Google: addresses, challenges, names.

use super::*;

#[test]
fn the_consent_address_holds_every_parameter() {
    let request = ConsentRequest {
        client_id: "123-abc.apps.googleusercontent.com",
        redirect_uri: "https://app.example.com/google/callback",
        scopes: &ScopeSet::parse("https://www.googleapis.com/auth/gmail.readonly"),
        state: "state.1",
        code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        nonce: &Nonce::parse("nonce-1").unwrap(),
        force_consent: true,
        choose_account: false,
        login_hint: Some("alice+x@example.com"),
        hosted_domain: Some("example.com"),
        include_granted_scopes: true,
    };
    let lines = |request: &ConsentRequest<'_>| {
        consent_url(&Endpoints::google(), request)
            .as_str()
            .replace(['?', '&'], "\n")
    };
    insta::assert_snapshot!(lines(&request), @r"
    https://accounts.google.com/o/oauth2/v2/auth
    response_type=code
    client_id=123-abc.apps.googleusercontent.com
    state=state.1
    scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fgmail.readonly+https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fuserinfo.email+openid
    redirect_uri=https%3A%2F%2Fapp.example.com%2Fgoogle%2Fcallback
    code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM
    code_challenge_method=S256
    nonce=nonce-1
    access_type=offline
    include_granted_scopes=true
    prompt=consent
    login_hint=alice%2Bx%40example.com
    hd=example.com
    ");

    let further = ConsentRequest {
        choose_account: true,
        ..request
    };
    let further = lines(&further);
    assert!(
        further.contains("prompt=select_account+consent\n"),
        "{further}"
    );

    let bare = ConsentRequest {
        force_consent: false,
        login_hint: None,
        hosted_domain: None,
        include_granted_scopes: false,
        ..request
    };
    let bare = lines(&bare);
    for absent in ["prompt", "login_hint", "hd=", "include_granted_scopes"] {
        assert!(!bare.contains(absent), "{bare}");
    }
}

#[test]
fn the_challenge_is_the_standards() {
    // RFC 7636, appendix B.
    let verifier =
        crate::PkceVerifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
    let pair = PkcePair::from_verifier(&verifier);
    assert_eq!(
        pair.challenge,
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );

    let (one, two) = (
        PkcePair::new(&SystemRandom).unwrap(),
        PkcePair::new(&SystemRandom).unwrap(),
    );
    assert_ne!(one.challenge, two.challenge);
    let verifier = one.verifier.expose();
    assert!((43..=128).contains(&verifier.len()));
    assert!(
        verifier
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
    );
    assert!(!format!("{one:?}").contains(verifier));
}

#[test]
fn a_refresh_token_is_named_as_googles_events_name_it() {
    // echo -n 1//token | openssl sha512 -binary | openssl sha512 -binary | base64 -w0
    let token = RefreshToken::parse("1//token").unwrap();
    assert_eq!(
        rt_hash(&token),
        "Mbu4gl4DIJN9EzkIFoEBmhDP3eEmfJcfZSSW/0bvbZqDjtjF1SbmZEhj0sI+FpmuocCQOlPqbAbBhrnR2nFnzA=="
    );
}

#[test]
fn a_client_knows_its_project_and_hides_its_secret() {
    assert_eq!(client().project(), Some("123"));
    assert_eq!(client().with_project("named").project(), Some("named"));
    assert_eq!(OAuthClient::new("abc-1.example").project(), None);
    assert_eq!(OAuthClient::new("-1").project(), None);
    assert!(!format!("{:?}", client()).contains("canary"));
    let (grants, _) = grants(|_| Err(GrantError::unsent("x")));
    assert!(!format!("{grants:?}").contains("canary"));
}

#[test]
fn an_impossible_client_id_is_refused() {
    assert!(client().check().is_ok());
    for id in ["", "a b", "a\n", "é", &"a".repeat(257)] {
        let error = OAuthClient::new(id).check().unwrap_err();
        assert!(error.is_configuration(), "{error}");
    }
}
