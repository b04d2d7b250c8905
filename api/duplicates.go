package api

import (
	"context"
	"net/http"

	"github.com/guanxi-crm/guanxi/billing"
	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/rbac"
	"github.com/guanxi-crm/guanxi/tenant"
)

func (s *Server) duplicateRoutes(r *routes) {
	register(r, post("/customers/check-duplicates", "Look whether a customer is there already", answers(http.StatusOK), describe(checkDuplicatesDoc)),
		rbac.Customer.Create, billing.Free, s.checkDuplicates)
	register(r, get("/duplicates", "List likely duplicates", describe(duplicatesDoc)), rbac.Customer.Read, billing.Free, s.listDuplicates)
	register(r, post("/duplicates/dismiss", "Say that customers are no duplicates of each other", answers(http.StatusOK), alsoAnswers(http.StatusNotFound)), rbac.Customer.Update, billing.Free, s.dismissDuplicates)
	register(r, post("/duplicates/restore", "Take back that customers are no duplicates", answers(http.StatusOK), alsoAnswers(http.StatusNotFound)), rbac.Customer.Update, billing.Free, s.restoreDuplicates)
}

const (
	checkDuplicatesDoc = "Compares with all customers of the company, by phone, e-mail and name without its legal form, region and brackets. " +
		"Of customers out of your reach it shows only enough to ask their owner. Whoever does not see every customer may ask 30 times a minute and 1000 times a day."
	duplicatesDoc = "Groups of customers within your reach that share a phone number, an e-mail address or a name, while nothing else speaks against their being one. " +
		"Merge them, or dismiss them. A page may hold a little more or less than the limit; go on as long as there is a next_cursor."
)

type duplicateCheckInput struct{ Body crm.DuplicateCheck }

func (s *Server) checkDuplicates(ctx context.Context, in *duplicateCheckInput) (*all[crm.Lookalike], error) {
	if err := s.limits.probe(ctx, principalOf(ctx)); err != nil {
		return nil, err
	}
	return read(ctx, s, func(q *tenant.Query) (*all[crm.Lookalike], error) {
		found, err := crm.CheckDuplicates(ctx, q, in.Body)
		return allOf(found), err
	})
}

type listDuplicatesInput struct {
	Dismissed bool   `query:"dismissed" doc:"Lists what was dismissed, instead of the rest."`
	Limit     int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"About how many groups a page holds."`
	Cursor    string `query:"cursor" maxLength:"2000" doc:"next_cursor of the page before."`
}

func (s *Server) listDuplicates(ctx context.Context, in *listDuplicatesInput) (*list[crm.DuplicateGroup], error) {
	return read(ctx, s, func(q *tenant.Query) (*list[crm.DuplicateGroup], error) {
		page, err := crm.ListDuplicates(ctx, q, crm.DuplicateQuery{Dismissed: in.Dismissed, Limit: in.Limit, Cursor: in.Cursor})
		return &list[crm.DuplicateGroup]{page}, err
	})
}

type duplicatePairsInput struct {
	Body struct {
		IDs []crm.CustomerID `json:"ids" minItems:"2" maxItems:"20" doc:"Customers of which each two are meant."`
	}
}

type duplicatePairs struct{ Body crm.DuplicatePairs }

func (s *Server) dismissDuplicates(ctx context.Context, in *duplicatePairsInput) (*duplicatePairs, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*duplicatePairs, error) {
		pairs, err := crm.DismissDuplicates(ctx, tx, in.Body.IDs)
		return &duplicatePairs{pairs}, err
	})
}

func (s *Server) restoreDuplicates(ctx context.Context, in *duplicatePairsInput) (*duplicatePairs, error) {
	return inTx(ctx, s, func(tx *tenant.Tx) (*duplicatePairs, error) {
		pairs, err := crm.RestoreDuplicates(ctx, tx, in.Body.IDs)
		return &duplicatePairs{pairs}, err
	})
}
