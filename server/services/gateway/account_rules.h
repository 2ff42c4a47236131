#pragma once

#include "server/services/gateway/gateway_store.h"

// What holds for accounts wherever they are made or used.

[[nodiscard]] Result<void> checkPassword(const Secret &password, const Email &email);
[[nodiscard]] api::Account toAccount(const AccountRow &row);
[[nodiscard]] QByteArray randomBytes(qsizetype size); // fit for keys

[[nodiscard]] Problem emailTaken();
[[nodiscard]] Problem noSuchAccount();
[[nodiscard]] Problem unauthenticated(const QString &why);
