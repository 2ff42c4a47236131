#pragma once

#include "server/services/notification/delivery_rules.h"
#include "shared/api/message.h"

#include <QSet>

// What is true of every message of a kind, whoever gets it.
struct MessageTraits
{
    QList<api::MessageChannel> channels;
    Urgency urgency = Urgency::waits;
    std::chrono::minutes life {}; // since the event; then nobody wants to know any more
    bool mayBeMuted = false;
    QString why; // one sentence, for whoever asks why they were told
    QSet<QString> variables; // which its templates may name
};

[[nodiscard]] MessageTraits traitsOf(api::MessageKind kind);
