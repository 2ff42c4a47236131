#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

// application/x-www-form-urlencoded, as the vendors of short messages speak it.
using FormFields = QList<std::pair<QString, QString>>;

// Whatever is in a value stays in it: it begins no other field.
[[nodiscard]] QByteArray toForm(const FormFields &fields);
// Nothing, if it is no such form of UTF-8, or has more fields than anybody sends.
[[nodiscard]] std::optional<FormFields> fromForm(const QByteArray &form);
// The first of that name; null without one.
[[nodiscard]] QString fieldOf(const FormFields &fields, QStringView name);
