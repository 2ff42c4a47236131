#pragma once

#include <QString>

// An amount in minor units (cents) of an ISO 4217 currency. Never a floating-point number.
struct Money
{
    qint64 minor = 0;
    QString currency = QStringLiteral("USD");

    bool operator==(const Money &) const = default;
};
