#pragma once

#include "shared/ui/tokens.h"

#include <QWidget>

// What a chip says: a tone, and the same in a word and an icon for those who do not see colours.
struct ChipWords
{
    QString label;
    QString icon;
    Tone tone = Tone::neutral;
};

// A short status in a coloured pill.
class Chip : public QWidget
{
    Q_OBJECT
public:
    explicit Chip(const ChipWords &words = {}, QWidget *parent = nullptr);

    void setWords(const ChipWords &words);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    ChipWords m_words;
};

// The same for delegates; paints from the left of `rect` and returns the width taken. `ground` is the pill's
// colour where its own would be lost.
int paintChip(QPainter &painter, const QRect &rect, const ChipWords &words, const QColor &ground = {});
[[nodiscard]] QSize chipSize(const ChipWords &words, const QFont &font);
