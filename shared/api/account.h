#pragma once

#include "shared/api/endpoint.h"

// Accounts, sign-in and sessions: the gateway's part of the API.
namespace api {

struct AccountConcept;
using AccountId = Id<AccountConcept>; // customers, experts, managers and admins alike
struct SessionConcept;
using SessionId = Id<SessionConcept>;

using Name = Text<1, 120>;

struct Address
{
    Text<1, 200> line1;
    std::optional<Text<0, 200>> line2;
    Text<1, 100> city;
    Text<2, 2> state;
    ZipCode zip;

    bool operator==(const Address &) const = default;
};
BOOST_DESCRIBE_STRUCT(Address, (), (line1, line2, city, state, zip))

struct Account
{
    AccountId id;
    Email email;
    Role role = Role::customer;
    Name name;
    std::optional<Phone> phone; // of a customer or expert
    std::optional<Address> address; // of a customer
    Instant createdAt;
    int version = 1;
};
BOOST_DESCRIBE_STRUCT(Account, (), (id, email, role, name, phone, address, createdAt, version))

struct Registration
{
    Email email;
    Secret password; // 10 to 200 characters
    Name name;
    Phone phone;
    Address address;
};
BOOST_DESCRIBE_STRUCT(Registration, (), (email, password, name, phone, address))

struct Credentials
{
    Email email;
    Secret password;
    std::optional<Text<0, 120>>
        device; // what the session list shows: "Firefox on Linux", "Expert app on van-17"
};
BOOST_DESCRIBE_STRUCT(Credentials, (), (email, password, device))

struct RefreshToken
{
    Secret refreshToken;
};
BOOST_DESCRIBE_STRUCT(RefreshToken, (), (refreshToken))

struct SignedIn
{
    Secret accessToken; // sent as `Authorization: Bearer …`; lives minutes
    Instant accessExpiresAt;
    Secret refreshToken; // good for one refresh; using it twice ends the session
    Account account;
};
BOOST_DESCRIBE_STRUCT(SignedIn, (), (accessToken, accessExpiresAt, refreshToken, account))

struct SessionInfo
{
    SessionId id;
    QString device;
    QString address;
    Instant createdAt;
    Instant lastUsedAt;
    bool current = false;
};
BOOST_DESCRIBE_STRUCT(SessionInfo, (), (id, device, address, createdAt, lastUsedAt, current))

struct SessionRef
{
    SessionId id;
};
BOOST_DESCRIBE_STRUCT(SessionRef, (), (id))

struct AccountChange
{
    std::optional<Name> name;
    std::optional<Phone> phone;
    std::optional<Address> address;
};
BOOST_DESCRIBE_STRUCT(AccountChange, (), (name, phone, address))

namespace auth {

    struct Register : Endpoint<Method::post, "/auth/register">
    {
        static constexpr std::string_view summary = "Create a customer account and sign in";
        static constexpr int success = 201;
        using Body = Registration;
        using Answer = SignedIn;
    };

    struct Login : Endpoint<Method::post, "/auth/login">
    {
        static constexpr std::string_view summary = "Sign in with e-mail and password";
        using Body = Credentials;
        using Answer = SignedIn;
    };

    struct Refresh : Endpoint<Method::post, "/auth/refresh">
    {
        static constexpr std::string_view summary = "Exchange a refresh token for a new pair";
        using Body = RefreshToken;
        using Answer = SignedIn;
    };

    struct Logout : Endpoint<Method::post, "/auth/logout">
    {
        static constexpr std::string_view summary = "End this session";
        static constexpr Roles roles = everyRole;
    };

    struct Sessions : Endpoint<Method::get, "/auth/sessions">
    {
        static constexpr std::string_view summary = "The caller's open sessions";
        static constexpr Roles roles = everyRole;
        using Answer = Items<SessionInfo>;
    };

    struct EndSession : Endpoint<Method::del, "/auth/sessions/{id}">
    {
        static constexpr std::string_view summary = "End one of the caller's sessions";
        static constexpr Roles roles = everyRole;
        using Params = SessionRef;
    };

} // namespace auth

namespace me {

    struct Fetch : Endpoint<Method::get, "/me">
    {
        static constexpr std::string_view summary = "The caller's account and profile";
        static constexpr Roles roles = everyRole;
        using Answer = Account;
    };

    struct Change : Endpoint<Method::patch, "/me">
    {
        static constexpr std::string_view summary = "Change the caller's profile";
        static constexpr Roles roles = everyRole;
        using Body = AccountChange;
        using Answer = Account;
    };

} // namespace me
} // namespace api
