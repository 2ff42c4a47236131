#pragma once

#include "expert-client/features/availability/availability_view_model.h"

#include <QAbstractButton>

// The switch between on duty and off duty. Its knob moves when the server has agreed.
class AvailabilitySwitch : public QAbstractButton
{
    Q_OBJECT
public:
    explicit AvailabilitySwitch(AvailabilityViewModel &viewModel, QWidget *parent = nullptr);

    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void nextCheckState() override { } // the view-model decides

private:
    void refresh();

    AvailabilityViewModel &m_viewModel;
};
