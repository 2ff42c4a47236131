#pragma once

#include <QWidget>

class QBoxLayout;

// Two parts beside each other where there is room for both, one under the other where there is not.
class SideBySide : public QWidget
{
    Q_OBJECT
public:
    // Beside each other from this width on, in units that grow with the text.
    SideBySide(QWidget *first, QWidget *second, double fromUnits, QWidget *parent = nullptr);

    void setStretch(int first, int second);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QBoxLayout *m_layout;
    double m_fromUnits;
};
