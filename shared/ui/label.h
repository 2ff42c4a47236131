#pragma once

#include <QLabel>
#include <QPushButton>

// Text and buttons in the kinds that the style sheet knows, so that no page sets fonts or colours of its own.

enum class Words { body, display, title, heading, strong, muted, caption, number };

[[nodiscard]] QLabel *label(const QString &text, Words words = Words::body);
// Text that came from people: wraps, can be selected and copied, is never taken for markup.
[[nodiscard]] QLabel *freeText(const QString &text = {});

enum class ButtonKind { plain, primary, danger, quiet };

[[nodiscard]] QPushButton *
button(const QString &text, ButtonKind kind = ButtonKind::plain, const QString &iconName = {});
void setKind(QPushButton *button, ButtonKind kind);

// A line between things.
[[nodiscard]] QWidget *separator();
