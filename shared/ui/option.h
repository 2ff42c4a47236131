#pragma once

#include <QSettings>

// One setting, declared in one line: where it is kept and what it is until somebody chooses otherwise.
//
//     constexpr Option<bool> notify {"notify", true};
//     if (notify.in(settings)) …        notify.set(settings, false);
template <class T>
struct Option
{
    const char *key;
    T initial;

    [[nodiscard]] T in(const QSettings &settings) const
    {
        const QVariant stored = settings.value(QLatin1String(key));
        if (!stored.isValid())
            return initial;
        if constexpr (std::is_enum_v<T>)
            return static_cast<T>(stored.toInt());
        else
            return stored.value<T>();
    }

    void set(QSettings &settings, const T &value) const
    {
        if constexpr (std::is_enum_v<T>)
            settings.setValue(QLatin1String(key), static_cast<int>(value));
        else
            settings.setValue(QLatin1String(key), QVariant::fromValue(value));
    }
};
