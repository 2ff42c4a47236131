#pragma once

#include "shared/api/ticket.h"

#include <QWidget>

// The terms of a score as bars: how much each weighed, in minutes, and why.
class TermBars : public QWidget
{
    Q_OBJECT
public:
    explicit TermBars(QWidget *parent = nullptr);

    void setTerms(const QList<api::CostTerm> &terms);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void paintRow(QPainter &painter, const QRect &row, const api::CostTerm &term) const;
    [[nodiscard]] int rowHeight() const;

    QList<api::CostTerm> m_terms;
    qint64 m_largest = 1;
};
