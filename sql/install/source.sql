-- What can be attached: sources and their fixed columns

CREATE TABLE engagement_source (
    source          text PRIMARY KEY,
    position        integer NOT NULL,
    grain           text NOT NULL,
    relation_names  text[] NOT NULL,
    key_column      text,
    meaning         text NOT NULL
);

COMMENT ON TABLE engagement_source IS
'sources that engagement_attach() understands: each becomes a view with fixed columns, over which the metric views stand';
COMMENT ON COLUMN engagement_source.source IS
'name of the source, and of the view that attaching makes';
COMMENT ON COLUMN engagement_source.position IS
'order in which sources are listed and attached';
COMMENT ON COLUMN engagement_source.grain IS
'what one row of it is';
COMMENT ON COLUMN engagement_source.relation_names IS
'what shops call such a relation, most usual first; a common prefix or a plural is disregarded';
COMMENT ON COLUMN engagement_source.key_column IS
'fixed column that identifies a row, so that the primary key serves it; elsewhere it refers to this source. NULL where a row has no name of its own';
COMMENT ON COLUMN engagement_source.meaning IS
'what it brings';

INSERT INTO engagement_source (position, source, key_column, grain, relation_names, meaning) VALUES
(1, 'order_lines', NULL, 'one line of an order',
 '{order_line,order_item,order_detail,line_item,sale_order_line,sales_order_detail,invoice_line,lineitem,order_product,sale_line,payment}',
 'amounts of orders that carry none themselves, and the check for rows that a join has doubled'),
(2, 'refunds', NULL, 'one refund',
 '{refund,order_refund,payment_refund,credit_note,return,order_return}',
 'revenue net of what was paid back, on the day of the order or of the refund'),
(3, 'customers', 'customer_id', 'one customer',
 '{customer,user,client,account,res_partner,shopper,buyer,member,spree_user}',
 'who is registered, when and through which channel'),
(4, 'orders', 'order_id', 'one order, or with policy grain = line one line of an order',
 '{order,sales_order,sale_order,shop_order,purchase,invoice,sale,order_header,sales_order_header,transaction,spree_order,payment,checkout}',
 'order value, repeat purchase, retention: every loyalty metric'),
(5, 'surveys', 'survey_id', 'one question asked',
 '{survey,survey_response,survey_answer,nps_response,feedback,nps,csat,survey_result}',
 'NPS, CSAT and CES'),
(6, 'reviews', 'review_id', 'one review',
 '{review,product_review,rating,product_rating,rating_review}',
 'review score and positive share'),
(7, 'tickets', 'ticket_id', 'one request to the service desk',
 '{ticket,support_ticket,case,conversation,issue,helpdesk_ticket,enquiry}',
 'first response time'),
(8, 'sessions', 'session_id', 'one visit',
 '{session,visit,web_session,ahoy_visit,website_visit}',
 'conversion rate and traffic'),
(9, 'events', 'event_id', 'one thing a visitor did',
 '{event,page_view,pageview,web_event,ahoy_event,activity,track,hit}',
 'funnels, paths, stickiness'),
(10, 'messages', 'message_id', 'one message to one recipient',
 '{message,campaign_message,campaign_send,email_send,campaign_recipient,newsletter_send,mailing_trace,email_message}',
 'open and click-through rates of campaigns'),
(11, 'posts', 'post_id', 'one post or video',
 '{post,social_post,facebook_post,social_media_post,video}',
 'engagement rate, click-through rate, watch rate'),
(12, 'memberships', NULL, 'one member of the loyalty programme',
 '{membership,loyalty_member,loyalty_membership,loyalty_account,loyalty_card,rewards_member}',
 'loyalty participation, and what members are worth'),
(13, 'referrals', NULL, 'one customer brought by another',
 '{referral,referred_customer,invite,invitation}',
 'referral rate'),
(14, 'experiments', NULL, 'one subject in one experiment',
 '{experiment,experiment_assignment,ab_test,ab_data,experiment_exposure,assignment,exposure}',
 'A/B tests');

CREATE TABLE engagement_source_column (
    source      text NOT NULL REFERENCES engagement_source,
    column_name text NOT NULL,
    position    integer NOT NULL,
    type        text NOT NULL CHECK (type IN ('key', 'timestamptz', 'numeric', 'text', 'boolean')),
    required    boolean NOT NULL,
    day_column  text,
    meaning     text NOT NULL,
    buys        text NOT NULL,
    synonyms    text[] NOT NULL,
    fallback    text,
    PRIMARY KEY (source, column_name),
    UNIQUE (source, position)
);

COMMENT ON TABLE engagement_source_column IS
'fixed columns of each source: what engagement_attach() looks for, and what it makes of it';
COMMENT ON COLUMN engagement_source_column.source IS
'the source';
COMMENT ON COLUMN engagement_source_column.column_name IS
'name in the view of the source, and key in the argument columns of engagement_attach()';
COMMENT ON COLUMN engagement_source_column.position IS
'place in the view';
COMMENT ON COLUMN engagement_source_column.type IS
'type in the view; a key is bigint, uuid or text, whichever the shop has';
COMMENT ON COLUMN engagement_source_column.required IS
'without it the source cannot be attached; other columns are NULL where the shop has none';
COMMENT ON COLUMN engagement_source_column.day_column IS
'name of the date column that the view derives from a time, cut in the time zone of the shop';
COMMENT ON COLUMN engagement_source_column.meaning IS
'what it holds, with its unit';
COMMENT ON COLUMN engagement_source_column.buys IS
'what it makes possible';
COMMENT ON COLUMN engagement_source_column.synonyms IS
'what shops call such a column, best first; names joined by | are as good as each other, columns joined by + together hold it; underscores, spaces and upper case are disregarded';
COMMENT ON COLUMN engagement_source_column.fallback IS
'expression over the other columns that takes its place where the shop has none; NULL for NULL';

INSERT INTO engagement_source_column
    (source, position, column_name, type, required, day_column, meaning, buys, synonyms) VALUES
('order_lines', 1, 'order_id', 'key', true, NULL, 'order of the line', 'everything of this source',
 '{order_id|id_order|order_key,sale_order_id|sales_order_id|order_no|order_number|order_ref|order_code,invoice_id|invoice_no|invoice_number,sale_id|transaction_id|transaction_no|purchase_id|basket_id}'),
('order_lines', 2, 'product_id', 'key', false, NULL, 'product sold', 'figures by product',
 '{product_id|id_product|product_key,variant_id|product_variant_id,sku|product_sku|product_code|product_no|stock_code|item_code|item_no,article_id|article_no|merchandise_id|part_id|part_key|track_id|book_id|isbn|asin}'),
('order_lines', 3, 'quantity', 'numeric', false, NULL, 'pieces, as a number', 'amounts from unit prices; 1 where there is none',
 '{quantity|qty,quantity_ordered|qty_ordered|ordered_qty|order_qty|order_quantity|product_uom_qty|product_qty|product_quantity,units|pieces|units_sold}'),
('order_lines', 4, 'unit_price', 'numeric', false, NULL, 'price of a piece, in units of the currency', 'amounts, where lines carry none',
 '{unit_price|price_unit|price_per_unit|price_each,unit_price_gross|unit_price_gross_amount|unit_price_incl_tax,final_price,item_price|sale_price|selling_price,price,product_price|list_price}'),
('order_lines', 5, 'discount_rate', 'numeric', false, NULL, 'discount as a fraction from 0 to 1', 'amounts after discount',
 '{discount_rate|discount_fraction|unit_price_discount,discount}'),
('order_lines', 6, 'amount', 'numeric', false, NULL, 'amount of the line, in units of the currency', 'amounts of orders; otherwise quantity x unit_price x (1 - discount_rate)',
 '{line_amount|line_total|line_price|row_total|extended_price,total_price_gross|total_price_gross_amount|line_total_incl_tax|row_total_incl_tax,price_total|total|amount|total_amount|total_price,price_subtotal|subtotal|subtotal_price}'),

('refunds', 1, 'order_id', 'key', true, NULL, 'order that was refunded', 'everything of this source',
 '{order_id|id_order|order_key,sale_order_id|sales_order_id|order_no|order_number|order_ref|order_code,invoice_id|invoice_no|invoice_number,sale_id|transaction_id|purchase_id|parent_order_id}'),
('refunds', 2, 'refunded_at', 'timestamptz', true, 'refunded_on', 'when the money went back', 'revenue by date of refund',
 '{refunded_at|refund_date|refunded_on,processed_at|returned_at|return_date|credited_at,received_at,created_at,created|created_on|date_created|create_date|creation_date|inserted_at|date_add|date_added|date}'),
('refunds', 3, 'amount', 'numeric', true, NULL, 'amount given back, in units of the currency', 'revenue net of refunds',
 '{refund_amount|refunded_amount|amount_refunded|total_refunded|refund_total,amount|total|total_amount|amount_total|grand_total,value}'),

('customers', 1, 'customer_id', 'key', true, NULL, 'the customer', 'everything of this source',
 '{customer_id|id_customer|customer_key|cust_id|cust_key|customer_no|customer_number|customer_code,id,client_id|shopper_id|buyer_id|user_id|account_id|partner_id|member_id,entity_id,uuid|uid}'),
('customers', 2, 'registered_at', 'timestamptz', false, 'registered_on', 'when the customer registered', 'new customers by day of registration',
 '{registered_at|registered_on|registration_date|date_registered|signup_date|signed_up_at|date_joined|joined_at|customer_since,created_at,created|created_on|date_created|create_date|creation_date|inserted_at|date_add|date_added,date_first_purchase|first_purchase_date}'),
('customers', 3, 'email', 'text', false, NULL, 'e-mail address', 'identity by e-mail; test accounts',
 '{email|email_address|mail|email_id,customer_email|user_email|contact_email,email_canonical|email_normalized}'),
('customers', 4, 'name', 'text', false, NULL, 'name of a person or company', 'test accounts',
 '{name|full_name|customer_name|display_name,first_name+last_name|given_name+family_name|fname+lname|first+last,company_name,contact_name,username|nickname|login,last_name|surname|family_name}'),
('customers', 5, 'is_registered', 'boolean', false, NULL, 'has an account, rather than having ordered as a guest; true where there is no such column', 'guests by unregistered account',
 '{is_registered|has_account|registered}'),
('customers', 6, 'channel', 'text', false, NULL, 'how the customer was won', 'customers by channel, referral rate',
 '{acquisition_channel|signup_channel|signup_source|acquired_by|acquisition_source|registration_source|customer_source,channel,source|utm_source|traffic_source|marketing_channel|referrer|medium}'),
('customers', 7, 'country', 'text', false, NULL, 'country', 'figures by country',
 '{country|country_code|country_iso|country_iso_code,country_name,billing_country|home_country,country_id|nation|nation_id|nation_key}'),
('customers', 8, 'segment', 'text', false, NULL, 'a grouping of the shop''s own', 'figures by segment',
 '{segment|customer_segment|market_segment|mkt_segment,customer_group|customer_group_name|group_name,customer_group_id|group_id|id_default_group,tier|loyalty_tier|customer_type|customer_tier}'),

('orders', 1, 'order_id', 'key', true, NULL, 'the order', 'everything of this source',
 '{order_id|id_order|order_key,id,order_number|order_no|order_ref|order_reference|order_code|order_name|increment_id,number|reference,invoice_id|invoice_no|invoice_number,transaction_id|transaction_no|transaction_number,sale_id|purchase_id|payment_id|checkout_id|receipt_id|receipt_no|basket_id,entity_id,name,uuid|uid}'),
('orders', 2, 'customer_id', 'key', false, NULL, 'who ordered; NULL for a guest', 'customers, repeat rate, purchase frequency, retention',
 '{customer_id|id_customer|customer_key|cust_id|cust_key|customer_no|customer_number|customer_code|customer,buyer_id|shopper_id|purchaser_id|client_id|buyer,user_id|account_id|partner_id|member_id,contact_id|person_id|profile_id}'),
('orders', 3, 'ordered_at', 'timestamptz', true, 'ordered_on', 'when the order was placed', 'everything over time',
 '{ordered_at|ordered_on,placed_at|order_placed_at|placed_on,purchased_at|purchase_date|purchase_timestamp|order_purchase_timestamp,checkout_completed_at,order_date|date_order|order_datetime|order_time|order_timestamp|order_created_at|sale_date|sold_at|sales_date,completed_at,processed_at,invoice_date,payment_date|transaction_date|transaction_time|transacted_at,date|datetime|timestamp,created_at,created|created_on|date_created|create_date|creation_date|inserted_at|date_add|date_added,date_created_gmt,paid_at|date_paid}'),
('orders', 4, 'amount', 'numeric', true, NULL, 'what the order was worth before refunds, in units of the currency; taken from order_lines where the order has none. The view has it as policy refunds says', 'order value and revenue',
 '{grand_total|amount_total|order_total|total_price|total_gross_amount|total_gross|gross_total|total_inc_tax|total_incl_tax|total_including_tax|total_with_tax|total_paid_tax_incl|order_amount|order_value,total|total_amount|total_value|total_sales,amount,total_paid|amount_paid,total_due,net_total|total_net|total_net_amount|total_ex_tax|total_excl_tax,subtotal_with_tax,subtotal|subtotal_price,revenue|sales|sales_amount|turnover|dollar_value,value,price}'),
('orders', 5, 'currency', 'text', false, NULL, 'currency of the amounts; NULL where the shop has one only', 'one row of figures per currency',
 '{currency|currency_code|currency_iso_code|order_currency|order_currency_code,presentment_currency|base_currency_code|store_currency_code,currency_name,currency_id|id_currency}'),
('orders', 6, 'is_guest', 'boolean', false, NULL, 'ordered without an account', 'guest checkout rate',
 '{is_guest|guest|guest_order|guest_checkout|is_guest_order|is_guest_checkout|customer_is_guest|created_by_guest|guest_purchase}'),
('orders', 7, 'email', 'text', false, NULL, 'e-mail address given with the order', 'identity by e-mail; test orders',
 '{email|email_address,customer_email|user_email|buyer_email,billing_email|contact_email|guest_email}'),
('orders', 8, 'status', 'text', false, NULL, 'state of the order', 'policy statuses: which orders count',
 '{status|order_status,state|order_state,financial_status|payment_status|payment_state,current_state|status_id|order_status_id}'),
('orders', 9, 'channel', 'text', false, NULL, 'through which channel the order came', 'view by_channel',
 '{channel|sales_channel|order_channel|channel_name|sales_channel_name,channel_id|sales_channel_id,source_name|order_source,source|utm_source|marketing_channel,created_via|team_id|medium}'),
('orders', 10, 'segment', 'text', false, NULL, 'a grouping of the shop''s own', 'figures by segment',
 '{segment|customer_segment|market_segment,customer_group|customer_group_name|customer_group_id,order_priority|order_type}'),
('orders', 11, 'country', 'text', false, NULL, 'country of delivery or of the bill', 'figures by country',
 '{country|country_code,ship_country|shipping_country|shipping_country_code|delivery_country|ship_to_country|shipping_address_country_code,billing_country|billing_country_code|bill_country|bill_to_country|billing_address_country_code,customer_country,country_name|country_id}'),
('orders', 12, 'device', 'text', false, NULL, 'device of the buyer', 'figures by device',
 '{device|device_type|device_category,platform}'),
('orders', 13, 'refunded_amount', 'numeric', false, NULL, 'sum given back, in units of the currency; NULL or 0 if none', 'revenue net of refunds',
 '{refunded_amount|refund_amount|total_refunded|amount_refunded|refunded_total|refund_total|total_refunds}'),
('orders', 14, 'refunded_at', 'timestamptz', false, 'refunded_on', 'when it was given back', 'revenue by date of refund',
 '{refunded_at|refund_date|refunded_on|date_refunded}'),

('surveys', 1, 'kind', 'text', true, NULL, 'which question: nps, csat or ces', 'which metric the answer goes into',
 '{kind|survey_type|survey_kind|question_type,metric,type|survey}'),
('surveys', 2, 'score', 'numeric', true, NULL, 'the answer: 0 to 10 for nps, 1 to 5 for csat, 1 to 7 for ces; NULL if not answered', 'NPS, CSAT, CES',
 '{score|nps_score|survey_score,rating,answer|response|value,nps}'),
('surveys', 3, 'answered_at', 'timestamptz', true, 'answered_on', 'when it was answered', 'surveys over time',
 '{answered_at|responded_at|response_date|answer_date|submitted_at|response_time,completed_at,created_at,created|created_on|date|timestamp}'),
('surveys', 4, 'asked_at', 'timestamptz', false, 'asked_on', 'when it was asked', 'response rate',
 '{asked_at|sent_at|invited_at|send_date|sent_on,surveyed_at}'),
('surveys', 5, 'survey_id', 'key', false, NULL, 'the question asked', 'doctor: doubled answers',
 '{survey_id,response_id|answer_id|survey_response_id,id}'),
('surveys', 6, 'customer_id', 'key', false, NULL, 'who was asked', 'engaged customers',
 '{customer_id|id_customer|cust_id,client_id|respondent_id,user_id|account_id|partner_id|contact_id}'),

('reviews', 1, 'rating', 'numeric', true, NULL, 'stars, 1 to 5', 'review score and positive share',
 '{rating|stars|star_rating|overall_rating|review_rating|review_score,score,grade}'),
('reviews', 2, 'created_at', 'timestamptz', true, 'created_on', 'when it was written', 'reviews over time',
 '{reviewed_at|review_date|review_creation_date|posted_at|submitted_at,created_at,created|created_on|date_created|date|date_add|date_added}'),
('reviews', 3, 'review_id', 'key', false, NULL, 'the review', 'doctor: doubled reviews',
 '{review_id|product_review_id,id}'),
('reviews', 4, 'customer_id', 'key', false, NULL, 'who wrote it', 'engaged customers',
 '{customer_id|id_customer|cust_id,author_id|reviewer_id,user_id|client_id|account_id|partner_id}'),
('reviews', 5, 'product_id', 'key', false, NULL, 'product reviewed', 'figures by product',
 '{product_id|id_product,variant_id|product_variant_id,item_id|review_subject_id|reviewable_id|sku|product_sku|asin}'),

('tickets', 1, 'created_at', 'timestamptz', true, 'created_on', 'when the request came in', 'first response time',
 '{opened_at|open_date|submitted_at|raised_at|reported_at,created_at,created|created_on|create_date|date_created|creation_date}'),
('tickets', 2, 'responded_at', 'timestamptz', false, 'responded_on', 'first public reply by a person; NULL if not answered yet', 'first response time',
 '{first_reply_at|first_response_at|first_responded_at|first_replied_at|first_response_time_at|first_response_date,responded_at|replied_at|answered_at|response_date}'),
('tickets', 3, 'resolved_at', 'timestamptz', false, 'resolved_on', 'when it was solved', 'resolution time',
 '{resolved_at|solved_at|resolution_date|resolved_on,closed_at|close_date|closed_on|closing_date}'),
('tickets', 4, 'ticket_id', 'key', false, NULL, 'the request', 'doctor: doubled requests',
 '{ticket_id|ticket_no|ticket_number|case_id|case_number|conversation_id|issue_id,id,number}'),
('tickets', 5, 'customer_id', 'key', false, NULL, 'who asked', 'engaged customers',
 '{customer_id|id_customer|cust_id,requester_id|reporter_id,user_id|partner_id|client_id|contact_id|account_id}'),
('tickets', 6, 'channel', 'text', false, NULL, 'e-mail, chat, telephone ...', 'figures by channel',
 '{channel|via_channel|contact_channel,via|source|origin}'),

('sessions', 1, 'started_at', 'timestamptz', true, 'started_on', 'when the visit began', 'sessions over time',
 '{started_at|session_start|session_started_at|start_time|start_at|visit_start|visit_first_action_time|start_tstamp|begin_at|began_at|login_at,session_date|visit_date,created_at,timestamp}'),
('sessions', 2, 'ended_at', 'timestamptz', false, 'ended_on', 'when it ended', 'length of visits',
 '{ended_at|session_end|session_ended_at|end_time|end_at|visit_end|visit_last_action_time|finished_at|end_tstamp|logout_at}'),
('sessions', 3, 'session_id', 'key', false, NULL, 'the visit', 'doctor: doubled sessions',
 '{session_id|visit_id|session_no|session_key|id_visit,visit_token|session_token,id}'),
('sessions', 4, 'visitor_id', 'key', false, NULL, 'who visited, known or not', 'visitors, conversion of visitors',
 '{visitor_id|visitor|visitor_token|id_visitor|anonymous_id,client_id|device_id|domain_userid|cookie_id|user_pseudo_id|distinct_id}'),
('sessions', 5, 'customer_id', 'key', false, NULL, 'the customer, where known', 'engaged customers',
 '{customer_id|id_customer|cust_id,user_id|account_id|partner_id}'),
('sessions', 6, 'converted', 'boolean', false, NULL, 'led to an order', 'conversion rate',
 '{converted|is_converted|is_conversion|has_converted,has_order|purchased|has_purchase|conversion,revenue}'),
('sessions', 7, 'page_views', 'numeric', false, NULL, 'number of pages seen', 'pages per session, bounces',
 '{page_views|page_view_count|pageviews_count|num_page_views|visit_total_actions,views|hits}'),
('sessions', 8, 'channel', 'text', false, NULL, 'where the visitor came from', 'view by_channel',
 '{channel|marketing_channel|traffic_source|default_channel_group,utm_source|source|referrer_type,medium|utm_medium}'),
('sessions', 9, 'device', 'text', false, NULL, 'device', 'figures by device',
 '{device|device_type|device_category,platform}'),

('events', 1, 'visitor_id', 'key', true, NULL, 'who did it, known or not', 'funnels, paths',
 '{visitor_id|visitor|visitor_token|anonymous_id|distinct_id|user_pseudo_id|domain_userid,device_id|cookie_id|client_id,user_id|customer_id}'),
('events', 2, 'occurred_at', 'timestamptz', true, 'occurred_on', 'when', 'everything over time',
 '{occurred_at|event_time|event_timestamp|event_at|happened_at|derived_tstamp,collector_tstamp|event_date,timestamp|ts|time,created_at|received_at|logged_at}'),
('events', 3, 'name', 'text', true, NULL, 'what was done', 'steps of funnels',
 '{event_name|event,event_type|event_action,name|action|type}'),
('events', 4, 'event_id', 'key', false, NULL, 'the event', 'doctor: doubled events',
 '{event_id|event_uuid,id|uuid}'),
('events', 5, 'session_id', 'key', false, NULL, 'the visit', 'events per session',
 '{session_id|visit_id|domain_sessionid|session_token}'),
('events', 6, 'customer_id', 'key', false, NULL, 'the customer, where known', 'engaged customers',
 '{customer_id|id_customer|cust_id,user_id|account_id|partner_id}'),

('messages', 1, 'campaign', 'text', true, NULL, 'campaign that it belongs to', 'view messages_by_campaign',
 '{campaign|campaign_name|mailing_name,campaign_id|mailing_id|mass_mailing_id|newsletter_id,newsletter|mailing}'),
('messages', 2, 'sent_at', 'timestamptz', true, 'sent_on', 'when it was sent', 'messages over time',
 '{sent_at|sent_datetime|send_date|sent_on|send_time|sent_time,delivered_at,created_at|date}'),
('messages', 3, 'delivered', 'boolean', false, NULL, 'reached the recipient; a time counts as true; true where there is no such column', 'open rate',
 '{delivered|is_delivered,delivered_at}'),
('messages', 4, 'opened', 'boolean', false, NULL, 'was opened; a time counts as true', 'open rate',
 '{opened|is_opened|is_open,opened_at|open_datetime|first_opened_at|open_time,read_at}'),
('messages', 5, 'clicked', 'boolean', false, NULL, 'a link in it was followed; a time counts as true', 'click-through rate',
 '{clicked|is_clicked,clicked_at|links_click_datetime|first_clicked_at|click_time}'),
('messages', 6, 'unsubscribed', 'boolean', false, NULL, 'the recipient unsubscribed; a time counts as true', 'unsubscribe rate',
 '{unsubscribed|is_unsubscribed|opted_out,unsubscribed_at|opted_out_at}'),
('messages', 7, 'channel', 'text', false, NULL, 'e-mail, SMS, push ...', 'figures by channel',
 '{channel|message_channel|medium,message_type|type}'),
('messages', 8, 'message_id', 'key', false, NULL, 'the message', 'doctor: doubled messages',
 '{message_id|send_id|trace_id,id}'),
('messages', 9, 'customer_id', 'key', false, NULL, 'the recipient', 'share of customers contacted, engaged customers',
 '{customer_id|id_customer|cust_id,recipient_id|subscriber_id,user_id|contact_id|partner_id}'),

('posts', 1, 'posted_at', 'timestamptz', true, 'posted_on', 'when it was published', 'posts over time',
 '{posted_at|published_at|post_date|posted_on|publish_date|published_on|post_created_at,created_time|created_at,date|timestamp}'),
('posts', 2, 'post_id', 'key', false, NULL, 'the post', 'doctor: doubled posts',
 '{post_id|post_no|video_id|media_id|tweet_id,id}'),
('posts', 3, 'network', 'text', false, NULL, 'social network or platform', 'figures by network',
 '{network|social_network|platform,site,channel}'),
('posts', 4, 'reach', 'numeric', false, NULL, 'people who saw it', 'engagement rate',
 '{reach|total_reach|t_reach|lifetime_post_total_reach|people_reached|post_reach}'),
('posts', 5, 'impressions', 'numeric', false, NULL, 'times it was shown', 'click-through rate',
 '{impressions|total_impressions|t_impression|t_impressions|lifetime_post_total_impressions|post_impressions|impression_count,views}'),
('posts', 6, 'reactions', 'numeric', false, NULL, 'reactions other than likes', 'engagement rate',
 '{reactions|reaction_count|reactions_count|total_reactions}'),
('posts', 7, 'likes', 'numeric', false, NULL, 'likes', 'engagement rate',
 '{likes|like|like_count|likes_count,favorites|favorite_count}'),
('posts', 8, 'comments', 'numeric', false, NULL, 'comments', 'engagement rate',
 '{comments|comment|comment_count|comments_count,replies|reply_count}'),
('posts', 9, 'shares', 'numeric', false, NULL, 'shares', 'engagement rate, shares per post',
 '{shares|share|share_count|shares_count,retweets|retweet_count|reposts}'),
('posts', 10, 'clicks', 'numeric', false, NULL, 'clicks on links', 'click-through rate',
 '{clicks|click_count|link_clicks|url_clicks}'),
('posts', 11, 'video_seconds', 'numeric', false, NULL, 'length of the video, in seconds', 'watch rate',
 '{video_seconds|video_length|video_duration|duration_seconds|length_seconds,duration}'),
('posts', 12, 'video_views', 'numeric', false, NULL, 'times the video was started', 'watch rate',
 '{video_views|video_view_count|plays|play_count,view_count}'),
('posts', 13, 'watched_seconds', 'numeric', false, NULL, 'time watched by all viewers, in seconds', 'watch rate',
 '{watched_seconds|watch_time_seconds|seconds_watched,watch_time}'),

('memberships', 1, 'customer_id', 'key', true, NULL, 'the member', 'everything of this source',
 '{customer_id|id_customer|cust_id,member_id|user_id|account_id|partner_id|client_id}'),
('memberships', 2, 'joined_at', 'timestamptz', true, 'joined_on', 'when the member joined', 'members over time',
 '{joined_at|enrolled_at|member_since|join_date|joined_on|enrolment_date|enrollment_date|enrolled_on,start_date|started_at|signup_date,created_at}'),
('memberships', 3, 'left_at', 'timestamptz', false, 'left_on', 'when the member left; NULL for those who stayed', 'members over time',
 '{left_at|cancelled_at|canceled_at|left_on|cancellation_date|exit_date,ended_at|end_date|expired_at,deleted_at}'),
('memberships', 4, 'tier', 'text', false, NULL, 'level of the programme', 'figures by tier',
 '{tier|tier_name|loyalty_tier|membership_tier,level|loyalty_level|status_level|membership_level|card_type,loyalty_card}'),
('memberships', 5, 'last_active_at', 'timestamptz', false, 'last_active_on', 'last earning or redeeming; the last order where there is no such column', 'active members',
 '{last_active_at|last_activity_at|last_active_on|last_activity_date,last_used_at|last_earned_at|last_redeemed_at}'),

('referrals', 1, 'referred_id', 'key', true, NULL, 'customer who was brought', 'referral rate',
 '{referred_id|referee_id|referred_customer_id|referred_user_id|invitee_id,customer_id|user_id}'),
('referrals', 2, 'referrer_id', 'key', false, NULL, 'customer who brought another', 'who brings customers',
 '{referrer_id|referrer_customer_id|referrer_user_id|referring_customer_id|referring_user_id|inviter_id,referred_by}'),
('referrals', 3, 'created_at', 'timestamptz', true, 'created_on', 'when', 'referrals over time',
 '{referred_at|invited_at|referral_date,accepted_at|converted_at,created_at,date|created}'),

('experiments', 1, 'experiment', 'text', true, NULL, 'name of the experiment', 'one row of results per experiment',
 '{experiment|experiment_name|experiment_key|test_name,experiment_id|test_id,test}'),
('experiments', 2, 'subject_id', 'key', true, NULL, 'who was assigned', 'number of subjects, doubled assignments',
 '{subject_id|unit_id,visitor_id|anonymous_id|distinct_id,user_id|customer_id|account_id}'),
('experiments', 3, 'variant', 'text', true, NULL, 'the variant; the one called control, in whatever case, is what the others are compared with', 'comparison of variants',
 '{variant|variation|variant_name|variation_name|arm|treatment_group|test_group|ab_group,group|group_name|bucket,variant_id|variation_id,landing_page}'),
('experiments', 4, 'assigned_at', 'timestamptz', false, 'assigned_on', 'when', 'experiments over time',
 '{assigned_at|exposed_at|exposure_time|assignment_time|first_seen_at|enrolled_at,timestamp|created_at|date}'),
('experiments', 5, 'converted', 'boolean', false, NULL, 'reached the goal', 'conversion rate of each variant',
 '{converted|is_converted|has_converted|conversion,success|purchased}'),
('experiments', 6, 'value', 'numeric', false, NULL, 'value reached, as revenue', 'mean value of each variant',
 '{value|metric_value|order_value,revenue|amount}'),
('experiments', 7, 'traffic_share', 'numeric', false, NULL, 'share of the subjects that the variant was to get, in any unit; even shares where it is unknown', 'sample-ratio alarm',
 '{traffic_share|traffic_allocation|traffic_weight,allocation|variant_weight}');

UPDATE engagement_source_column AS c
SET fallback = f.fallback
FROM (VALUES
    ('order_lines', 'quantity', '1'),
    ('order_lines', 'amount', 'coalesce(quantity, 1) * unit_price * (1 - coalesce(discount_rate, 0))'),
    ('customers', 'is_registered', 'true'),
    ('messages', 'delivered', 'true')) AS f (source, column_name, fallback)
WHERE (c.source, c.column_name) = (f.source, f.column_name);

/*
 * Every column that the view of a source has: the fixed ones, after each time its day,
 * and at the end what attaching adds.
 */
CREATE VIEW engagement_view_of_source AS
SELECT source, position::numeric AS position, column_name AS name, type, column_name AS mapped, meaning
FROM engagement_source_column
UNION ALL
SELECT source, position + 0.5, day_column, 'date', column_name, 'day of ' || column_name || ', in the time zone of the shop'
FROM engagement_source_column
WHERE day_column IS NOT NULL
UNION ALL
VALUES ('orders', 100, 'gross_amount', 'numeric', NULL,
        'what the order was worth before refunds, in units of the currency'),
       ('refunds', 100, 'counted_amount', 'numeric', NULL,
        'what lessens the revenue of refunded_on: 0 unless policy refunds is net_on_refund_date');

COMMENT ON VIEW engagement_view_of_source IS
'columns of the view that attaching makes of each source';
COMMENT ON COLUMN engagement_view_of_source.source IS
'the source';
COMMENT ON COLUMN engagement_view_of_source.position IS
'place in the view';
COMMENT ON COLUMN engagement_view_of_source.name IS
'name of the column';
COMMENT ON COLUMN engagement_view_of_source.type IS
'type, as in engagement_source_column, or date';
COMMENT ON COLUMN engagement_view_of_source.mapped IS
'fixed column whose expression it comes from; NULL where attaching computes it';
COMMENT ON COLUMN engagement_view_of_source.meaning IS
'what it holds, with its unit';

GRANT SELECT ON engagement_view_of_source TO PUBLIC;

CREATE TABLE engagement_policy (
    source          text NOT NULL REFERENCES engagement_source,
    policy          text NOT NULL,
    choices         text[],
    default_choice  text,
    meaning         text NOT NULL,
    PRIMARY KEY (source, policy)
);

COMMENT ON TABLE engagement_policy IS
'what a shop decides about its numbers: keys of the argument policy of engagement_attach()';
COMMENT ON COLUMN engagement_policy.source IS
'the source it belongs to';
COMMENT ON COLUMN engagement_policy.policy IS
'name of the policy';
COMMENT ON COLUMN engagement_policy.choices IS
'what it can be; NULL where it is a list of the shop''s own words';
COMMENT ON COLUMN engagement_policy.default_choice IS
'what it is when nothing is said';
COMMENT ON COLUMN engagement_policy.meaning IS
'what each choice means';

INSERT INTO engagement_policy (source, policy, choices, default_choice, meaning) VALUES
('orders', 'statuses', NULL, NULL,
 'list of the statuses whose orders count, for example ["paid", "refunded"]; when nothing is said, every order counts'),
('orders', 'refunds', '{gross,net_on_order_date,net_on_refund_date}', 'net_on_order_date',
 'gross: refunds are left aside; net_on_order_date: a refund lessens the order, so that past periods can change; net_on_refund_date: a refund lessens the revenue of the day on which it was paid, so that past periods stay'),
('orders', 'guests', '{null_customer,flag,unregistered}', 'null_customer',
 'who is a guest. null_customer: an order without customer_id; flag: one with is_guest; unregistered: one whose customer is not registered in the source customers'),
('orders', 'identity', '{account,email}', 'account',
 'what makes two orders those of one customer. account: customer_id; email: the e-mail address in lower case, of guests too; addresses change hands, so this merges some who are two'),
('orders', 'grain', '{order,line}', 'order',
 'order: a row is an order; line: a row is a line, and the rows of an order are summed');

GRANT SELECT ON engagement_source, engagement_source_column, engagement_policy TO PUBLIC;

CREATE FUNCTION engagement_check_source(source text)
RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM @extschema@.engagement_source AS s WHERE s.source = engagement_check_source.source) THEN
        RAISE invalid_parameter_value USING
            MESSAGE = format('source %s does not exist', coalesce(quote_ident(source), 'NULL')),
            HINT = format('Sources are %s; the table engagement_source says what each is.',
                          (SELECT string_agg(s.source, ', ' ORDER BY s.source) FROM @extschema@.engagement_source AS s));
    END IF;
END $$;

COMMENT ON FUNCTION engagement_check_source(text) IS
'an error for a source that is not in engagement_source';
