package billing

import (
	"encoding/json"
	"time"

	"github.com/guanxi-crm/guanxi/tenant"
)

// The objects of Stripe's API, cut down to what billing reads. The library's own structs follow one
// version of the API; these also find what later versions moved elsewhere.
type (
	subscriptionObject struct {
		ID                string   `json:"id"`
		Customer          ref      `json:"customer"`
		Status            Status   `json:"status"`
		Metadata          metadata `json:"metadata"`
		CancelAtPeriodEnd bool     `json:"cancel_at_period_end"`
		CancelAt          int64    `json:"cancel_at"`
		CurrentPeriodEnd  int64    `json:"current_period_end"`
		Items             struct {
			Data []struct {
				// CurrentPeriodEnd stands here since 2025-03-31.
				CurrentPeriodEnd int64       `json:"current_period_end"`
				Price            priceObject `json:"price"`
			} `json:"data"`
		} `json:"items"`
	}

	priceObject struct {
		ID        string   `json:"id"`
		LookupKey string   `json:"lookup_key"`
		Metadata  metadata `json:"metadata"`
		Recurring struct {
			Interval Interval `json:"interval"`
		} `json:"recurring"`
	}

	sessionObject struct {
		Customer          ref      `json:"customer"`
		Subscription      ref      `json:"subscription"`
		ClientReferenceID string   `json:"client_reference_id"`
		PaymentStatus     string   `json:"payment_status"`
		Metadata          metadata `json:"metadata"`
	}

	invoiceObject struct {
		Customer     ref `json:"customer"`
		Subscription ref `json:"subscription"`
		// Parent holds the subscription since 2025-03-31.
		Parent struct {
			SubscriptionDetails struct {
				Subscription ref `json:"subscription"`
			} `json:"subscription_details"`
		} `json:"parent"`
	}
)

// ref is the id of another object, which Stripe writes as text or, expanded, as the object itself.
type ref string

// UnmarshalJSON implements json.Unmarshaler.
func (r *ref) UnmarshalJSON(raw []byte) error {
	var id string
	if err := json.Unmarshal(raw, &id); err == nil {
		*r = ref(id)
		return nil
	}
	var object struct {
		ID string `json:"id"`
	}
	err := json.Unmarshal(raw, &object)
	*r = ref(object.ID)
	return err
}

// metadata is what we, or somebody at Stripe's dashboard, wrote on an object.
type metadata map[string]string

// company returns the company that is named, or the zero id.
func (m metadata) company() tenant.CompanyID {
	id, _ := tenant.ParseCompanyID(m[metadataCompany])
	return id
}

func (i invoiceObject) subscription() ref {
	if i.Subscription != "" {
		return i.Subscription
	}
	return i.Parent.SubscriptionDetails.Subscription
}

// periodEnd returns the end of the time that is paid for, or nil.
func (o subscriptionObject) periodEnd() *time.Time {
	end := o.CurrentPeriodEnd
	for _, item := range o.Items.Data {
		end = max(end, item.CurrentPeriodEnd)
	}
	if end <= 0 {
		return nil
	}
	t := time.Unix(end, 0).UTC()
	return &t
}

// endsAtPeriod reports whether the subscription will not be renewed. Newer versions of the API say so by
// the date alone.
func (o subscriptionObject) endsAtPeriod() bool {
	end := o.periodEnd()
	return o.CancelAtPeriodEnd || (o.CancelAt > 0 && end != nil && o.CancelAt <= end.Unix())
}

func (o subscriptionObject) interval() Interval {
	for _, item := range o.Items.Data {
		if item.Price.Recurring.Interval != "" {
			return item.Price.Recurring.Interval
		}
	}
	return ""
}
