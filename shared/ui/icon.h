#pragma once

#include "shared/ui/tokens.h"

#include <QIcon>

class QPainter;
class QRect;

// The product's own icons (resources/icons): strokes that take the colour of where they stand.

// An icon in one colour of the tokens, which it looks up anew whenever it is painted.
[[nodiscard]] QIcon icon(const QString &name, QColor Tokens::*color = &Tokens::text);
[[nodiscard]] QIcon icon(const QString &name, Tone tone);

void paintIcon(QPainter &painter, const QRect &rect, const QString &name, const QColor &color);
