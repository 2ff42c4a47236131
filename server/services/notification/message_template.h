#pragma once

#include "shared/core/result.h"

#include <QHash>
#include <QSet>
#include <QString>

// What a message says before it is known to whom: "{{ticket.number}}" stands for a value.
struct MessageTemplate
{
    QString subject; // plain text, one line: it becomes a mail's header
    QString text;
    QString html; // empty where the channel has none
};

struct MessageWords
{
    QString subject;
    QString text;
    QString html;
};

using MessageValues = QHash<QString, QString>;

// Refuses a template that names a variable its kind of message does not have, or leaves a brace open: whoever
// saves it learns so, not the customer who would be sent it.
[[nodiscard]] Result<void> checkTemplate(const MessageTemplate &words, const QSet<QString> &known);

// Puts the values in, each escaped for the place it stands in. A value is never read as template, header or
// markup, whatever a customer has put into it; one that is missing is empty.
[[nodiscard]] MessageWords fill(const MessageTemplate &words, const MessageValues &values);
