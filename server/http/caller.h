#pragma once

#include "shared/api/account.h"

// Who is asking, and the parts of the request that every handler may need.
struct Caller
{
    api::AccountId account; // null: nobody is signed in
    api::Role role = api::Role::customer;
    api::SessionId session;
    QString name; // of the account, as history shows it
    QString requestId;
    QString address; // of the client
    QString userAgent;
    std::optional<int> ifMatch; // the version the client has seen
    std::optional<QString> idempotencyKey;
    Instant at; // when the request arrived

    [[nodiscard]] bool isSignedIn() const { return !account.isNull(); }
    [[nodiscard]] bool isStaff() const
    {
        return isSignedIn() && (role == api::Role::manager || role == api::Role::admin);
    }
};
