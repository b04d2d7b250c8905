package api

import (
	"context"
	"time"

	"github.com/guanxi-crm/guanxi/auth"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/tenant"
)

// toldDetails is the group of the settings that holds the details by which the company's work was last scheduled and of
// which its last event told. The details themselves are in the control database: what commits there and fails here is
// made up for when the change is sent again.
const toldDetails = "told_details"

// rememberTold keeps the details of a company that has never changed them, before it does.
func rememberTold(ctx context.Context, tx *tenant.Tx) error {
	var told tenant.CompanyDetails
	if err := tenant.ReadSettings(ctx, tx.Query, toldDetails, &told); err != nil || told != (tenant.CompanyDetails{}) {
		return err
	}
	return tenant.WriteSettings(ctx, tx, toldDetails, tx.Company.Details())
}

// tellDetails moves the company's work to its time zone and tells of its new details, unless that was done.
func (s *Server) tellDetails(ctx context.Context, tx *tenant.Tx) error {
	if err := tenant.LockSettings(ctx, tx); err != nil {
		return err
	}
	var told tenant.CompanyDetails
	if err := tenant.ReadSettings(ctx, tx.Query, toldDetails, &told); err != nil {
		return err
	}
	details := tx.Company.Details()
	if newest, err := s.newestDetails(ctx, tx.Company.ID); err != nil || newest != details || told == details {
		return err // of a change that came after this one, that one tells
	}
	before, after := auth.Summarize(tx.Company), auth.Summarize(tx.Company)
	before.Name, before.TimeZone, before.Locale = told.Name, told.TimeZone, told.Locale
	if before.TimeZone != after.TimeZone {
		from, err := time.LoadLocation(before.TimeZone)
		if err != nil {
			from = time.UTC
		}
		if err := crm.Reschedule(ctx, tx, from); err != nil {
			return err
		}
	}
	if err := tenant.WriteSettings(ctx, tx, toldDetails, details); err != nil {
		return err
	}
	return tx.Emit(ctx, tenant.Event{
		Type: "company.updated", Resource: "company", Record: tenant.RecordID(tx.Company.ID), Data: after, Previous: before,
	})
}

func (s *Server) newestDetails(ctx context.Context, id tenant.CompanyID) (tenant.CompanyDetails, error) {
	s.tenants.Forget(id)
	company, err := s.tenants.Company(ctx, id)
	if err != nil {
		return tenant.CompanyDetails{}, err
	}
	return company.Details(), nil
}
