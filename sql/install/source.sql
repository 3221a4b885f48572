-- What can be attached: sources and their fixed columns

CREATE TABLE engagement_source (
    source          text PRIMARY KEY,
    position        integer NOT NULL,
    grain           text NOT NULL,
    relation_names  text[] NOT NULL,
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
COMMENT ON COLUMN engagement_source.meaning IS
'what it brings';

INSERT INTO engagement_source (position, source, grain, relation_names, meaning) VALUES
(1, 'order_lines', 'one line of an order',
 '{order_line,order_item,order_detail,line_item,sale_order_line,sales_order_detail,invoice_line,lineitem,order_product,sale_line,payment}',
 'amounts of orders that carry none themselves, and the check for rows that a join has doubled'),
(2, 'refunds', 'one refund',
 '{refund,order_refund,payment_refund,credit_note,return,order_return}',
 'revenue net of what was paid back, on the day of the order or of the refund'),
(3, 'customers', 'one customer',
 '{customer,user,client,account,res_partner,shopper,buyer,member,spree_user}',
 'who is registered, when and through which channel'),
(4, 'orders', 'one order, or with policy grain = line one line of an order',
 '{order,sales_order,sale_order,shop_order,purchase,invoice,sale,order_header,sales_order_header,transaction,spree_order,payment,checkout}',
 'order value, repeat purchase, retention: every loyalty metric'),
(5, 'surveys', 'one question asked',
 '{survey,survey_response,survey_answer,nps_response,feedback,nps,csat,survey_result}',
 'NPS, CSAT and CES'),
(6, 'reviews', 'one review',
 '{review,product_review,rating,product_rating,rating_review}',
 'review score and positive share'),
(7, 'tickets', 'one request to the service desk',
 '{ticket,support_ticket,case,conversation,issue,helpdesk_ticket,enquiry}',
 'first response time'),
(8, 'sessions', 'one visit',
 '{session,visit,web_session,ahoy_visit,website_visit}',
 'conversion rate and traffic'),
(9, 'events', 'one thing a visitor did',
 '{event,page_view,pageview,web_event,ahoy_event,activity,track,hit}',
 'funnels, paths, stickiness'),
(10, 'messages', 'one message to one recipient',
 '{message,campaign_message,campaign_send,email_send,campaign_recipient,newsletter_send,mailing_trace,email_message}',
 'open and click-through rates of campaigns'),
(11, 'posts', 'one post or video',
 '{post,social_post,facebook_post,social_media_post,video}',
 'engagement rate, click-through rate, watch rate'),
(12, 'memberships', 'one member of the loyalty programme',
 '{membership,loyalty_member,loyalty_membership,loyalty_account,loyalty_card,rewards_member}',
 'loyalty participation, and what members are worth'),
(13, 'referrals', 'one customer brought by another',
 '{referral,referred_customer,invite,invitation}',
 'referral rate'),
(14, 'experiments', 'one subject in one experiment',
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
'what shops call such a column, most usual first';
COMMENT ON COLUMN engagement_source_column.fallback IS
'expression over the other columns that takes its place where the shop has none; NULL for NULL';

INSERT INTO engagement_source_column
    (source, position, column_name, type, required, day_column, meaning, buys, synonyms) VALUES
('order_lines', 1, 'order_id', 'key', true, NULL, 'order of the line', 'everything of this source',
 '{order_id,orderid,order_no,order_number,invoice_id,invoiceno,salesorderid,sale_id,l_orderkey,order_ref,transaction_id}'),
('order_lines', 2, 'product_id', 'key', false, NULL, 'product sold', 'figures by product',
 '{product_id,productid,variant_id,product_variant_id,sku,stockcode,item_id,track_id,article_id,l_partkey,merchandise_id}'),
('order_lines', 3, 'quantity', 'numeric', false, NULL, 'pieces, as a number', 'amounts from unit prices; 1 where there is none',
 '{quantity,qty,qty_ordered,orderqty,product_uom_qty,product_qty,units,l_quantity}'),
('order_lines', 4, 'unit_price', 'numeric', false, NULL, 'price of a piece, in units of the currency', 'amounts, where lines carry none',
 '{unit_price,unitprice,price_unit,price,item_price,list_price,l_extendedprice}'),
('order_lines', 5, 'discount_rate', 'numeric', false, NULL, 'discount as a fraction from 0 to 1', 'amounts after discount',
 '{discount_rate,discount_fraction,unitpricediscount,discount,l_discount}'),
('order_lines', 6, 'amount', 'numeric', false, NULL, 'amount of the line, in units of the currency', 'amounts of orders; otherwise quantity x unit_price x (1 - discount_rate)',
 '{line_amount,line_total,linetotal,amount,total,subtotal,price_subtotal,row_total,total_price,line_price,l_extendedprice,total_amount}'),

('refunds', 1, 'order_id', 'key', true, NULL, 'order that was refunded', 'everything of this source',
 '{order_id,orderid,order_no,order_number,sale_order_id,invoice_id,parent_id}'),
('refunds', 2, 'refunded_at', 'timestamptz', true, 'refunded_on', 'when the money went back', 'revenue by date of refund',
 '{refunded_at,refund_date,processed_at,created_at,date,created,date_created,returned_at}'),
('refunds', 3, 'amount', 'numeric', true, NULL, 'amount given back, in units of the currency', 'revenue net of refunds',
 '{amount,refund_amount,refunded_amount,total,total_amount,amount_total,value}'),

('customers', 1, 'customer_id', 'key', true, NULL, 'the customer', 'everything of this source',
 '{customer_id,customerid,id,user_id,userid,client_id,account_id,partner_id,c_custkey,entity_id}'),
('customers', 2, 'registered_at', 'timestamptz', false, 'registered_on', 'when the customer registered', 'new customers by day of registration',
 '{registered_at,created_at,signup_date,signed_up_at,date_joined,create_date,created,registered_on,date_created,creation_date,datefirstpurchase}'),
('customers', 3, 'email', 'text', false, NULL, 'e-mail address', 'identity by e-mail; test accounts',
 '{email,email_address,emailaddress,e_mail,mail,email_canonical,customer_email}'),
('customers', 4, 'name', 'text', false, NULL, 'name of a person or company', 'test accounts',
 '{name,full_name,fullname,customer_name,display_name,company_name,contact_name,c_name,username,last_name,lastname}'),
('customers', 5, 'is_registered', 'boolean', false, NULL, 'has an account, rather than having ordered as a guest; true where there is no such column', 'guests by unregistered account',
 '{is_registered,has_account,registered,verified_email}'),
('customers', 6, 'channel', 'text', false, NULL, 'how the customer was won', 'customers by channel, referral rate',
 '{channel,acquisition_channel,source,utm_source,signup_source,acquired_by,referrer,medium}'),
('customers', 7, 'country', 'text', false, NULL, 'country', 'figures by country',
 '{country,country_code,country_id,country_name}'),
('customers', 8, 'segment', 'text', false, NULL, 'a grouping of the shop''s own', 'figures by segment',
 '{segment,customer_segment,customer_group,group_name,customer_group_id,group_id,c_mktsegment,tier,type,customertype}'),

('orders', 1, 'order_id', 'key', true, NULL, 'the order', 'everything of this source',
 '{order_id,orderid,id,order_number,order_no,increment_id,number,invoice_id,invoiceno,invoice_no,salesorderid,o_orderkey,transaction_id,transaction_no,payment_id,entity_id,sale_id,name}'),
('orders', 2, 'customer_id', 'key', false, NULL, 'who ordered; NULL for a guest', 'customers, repeat rate, purchase frequency, retention',
 '{customer_id,customerid,user_id,userid,account_id,partner_id,client_id,buyer_id,member_id,o_custkey,shopper_id}'),
('orders', 3, 'ordered_at', 'timestamptz', true, 'ordered_on', 'when the order was placed', 'everything over time',
 '{ordered_at,placed_at,order_placed_at,checkout_completed_at,completed_at,processed_at,order_date,orderdate,date_order,created_at,invoice_date,invoicedate,payment_date,purchase_date,purchased_at,date_created_gmt,date_created,created,date,sale_date,transaction_date,o_orderdate,inserted_at,ordered_on,create_date}'),
('orders', 4, 'amount', 'numeric', true, NULL, 'what the order was worth before refunds, in units of the currency; taken from order_lines where the order has none. The view has it as policy refunds says', 'order value and revenue',
 '{total,amount,amount_total,grand_total,total_price,total_amount,order_total,totalprice,total_gross_amount,total_paid,totaldue,net_total,sub_total,subtotal,subtotalwithtax,o_totalprice,dollar_value,revenue,value,price}'),
('orders', 5, 'currency', 'text', false, NULL, 'currency of the amounts; NULL where the shop has one only', 'one row of figures per currency',
 '{currency,currency_code,currencycode,currency_id,presentment_currency,order_currency,currencyrateid,currency_name}'),
('orders', 6, 'is_guest', 'boolean', false, NULL, 'ordered without an account', 'guest checkout rate',
 '{is_guest,guest,guest_order,guest_checkout,is_guest_order,customer_is_guest,created_by_guest}'),
('orders', 7, 'email', 'text', false, NULL, 'e-mail address given with the order', 'identity by e-mail; test orders',
 '{email,email_address,customer_email,user_email,billing_email,contact_email}'),
('orders', 8, 'status', 'text', false, NULL, 'state of the order', 'policy statuses: which orders count',
 '{status,state,order_status,payment_status,financial_status,payment_state,o_orderstatus,order_state,onlineorderflag}'),
('orders', 9, 'channel', 'text', false, NULL, 'through which channel the order came', 'view by_channel',
 '{channel,sales_channel,sales_channel_id,source_name,source,channel_id,utm_source,team_id,created_via,marketing_channel,medium}'),
('orders', 10, 'segment', 'text', false, NULL, 'a grouping of the shop''s own', 'figures by segment',
 '{segment,customer_segment,customer_group_name,customer_group_id,o_orderpriority}'),
('orders', 11, 'country', 'text', false, NULL, 'country of delivery or of the bill', 'figures by country',
 '{country,country_code,ship_country,shipping_country,billing_country,shipping_country_code}'),
('orders', 12, 'device', 'text', false, NULL, 'device of the buyer', 'figures by device',
 '{device,device_type,platform}'),
('orders', 13, 'refunded_amount', 'numeric', false, NULL, 'sum given back, in units of the currency; NULL or 0 if none', 'revenue net of refunds',
 '{refunded_amount,refund_amount,total_refunded,amount_refunded,refunded_total,refund_total}'),
('orders', 14, 'refunded_at', 'timestamptz', false, 'refunded_on', 'when it was given back', 'revenue by date of refund',
 '{refunded_at,refund_date,refunded_on}'),

('surveys', 1, 'kind', 'text', true, NULL, 'which question: nps, csat or ces', 'which metric the answer goes into',
 '{kind,survey_type,type,metric,question_type,survey,survey_kind}'),
('surveys', 2, 'score', 'numeric', true, NULL, 'the answer: 0 to 10 for nps, 1 to 5 for csat, 1 to 7 for ces; NULL if not answered', 'NPS, CSAT, CES',
 '{score,rating,value,answer,nps_score,response,nps}'),
('surveys', 3, 'answered_at', 'timestamptz', true, 'answered_on', 'when it was answered', 'surveys over time',
 '{answered_at,responded_at,submitted_at,completed_at,response_date,created_at,date}'),
('surveys', 4, 'asked_at', 'timestamptz', false, 'asked_on', 'when it was asked', 'response rate',
 '{asked_at,sent_at,invited_at,send_date}'),
('surveys', 5, 'survey_id', 'key', false, NULL, 'the question asked', 'doctor: doubled answers',
 '{survey_id,id,response_id,answer_id}'),
('surveys', 6, 'customer_id', 'key', false, NULL, 'who was asked', 'engaged customers',
 '{customer_id,user_id,client_id,account_id,partner_id,respondent_id}'),

('reviews', 1, 'rating', 'numeric', true, NULL, 'stars, 1 to 5', 'review score and positive share',
 '{rating,stars,score,star_rating,overall_rating}'),
('reviews', 2, 'created_at', 'timestamptz', true, 'created_on', 'when it was written', 'reviews over time',
 '{created_at,reviewed_at,review_date,reviewdate,posted_at,submitted_at,date,created}'),
('reviews', 3, 'review_id', 'key', false, NULL, 'the review', 'doctor: doubled reviews',
 '{review_id,id,productreviewid}'),
('reviews', 4, 'customer_id', 'key', false, NULL, 'who wrote it', 'engaged customers',
 '{customer_id,user_id,author_id,client_id,account_id,reviewer_id}'),
('reviews', 5, 'product_id', 'key', false, NULL, 'product reviewed', 'figures by product',
 '{product_id,productid,variant_id,item_id,review_subject_id,reviewable_id}'),

('tickets', 1, 'created_at', 'timestamptz', true, 'created_on', 'when the request came in', 'first response time',
 '{created_at,opened_at,open_date,submitted_at,created,create_date}'),
('tickets', 2, 'responded_at', 'timestamptz', false, 'responded_on', 'first public reply by a person; NULL if not answered yet', 'first response time',
 '{responded_at,first_reply_at,first_response_at,first_responded_at,first_replied_at,replied_at,answered_at}'),
('tickets', 3, 'resolved_at', 'timestamptz', false, 'resolved_on', 'when it was solved', 'resolution time',
 '{resolved_at,closed_at,solved_at,close_date}'),
('tickets', 4, 'ticket_id', 'key', false, NULL, 'the request', 'doctor: doubled requests',
 '{ticket_id,id,case_id,conversation_id}'),
('tickets', 5, 'customer_id', 'key', false, NULL, 'who asked', 'engaged customers',
 '{customer_id,requester_id,user_id,partner_id,client_id,contact_id}'),
('tickets', 6, 'channel', 'text', false, NULL, 'e-mail, chat, telephone ...', 'figures by channel',
 '{channel,via_channel,source,via}'),

('sessions', 1, 'started_at', 'timestamptz', true, 'started_on', 'when the visit began', 'sessions over time',
 '{started_at,session_start,start_time,visit_start,start_tstamp,created_at,begin_at}'),
('sessions', 2, 'ended_at', 'timestamptz', false, 'ended_on', 'when it ended', 'length of visits',
 '{ended_at,session_end,end_time,finished_at,end_tstamp}'),
('sessions', 3, 'session_id', 'key', false, NULL, 'the visit', 'doctor: doubled sessions',
 '{session_id,id,visit_id,session_no,visit_token}'),
('sessions', 4, 'visitor_id', 'key', false, NULL, 'who visited, known or not', 'visitors, conversion of visitors',
 '{visitor_id,visitor,visitor_token,anonymous_id,client_id,device_id,domain_userid,cookie_id}'),
('sessions', 5, 'customer_id', 'key', false, NULL, 'the customer, where known', 'engaged customers',
 '{customer_id,user_id,account_id}'),
('sessions', 6, 'converted', 'boolean', false, NULL, 'led to an order', 'conversion rate',
 '{converted,is_conversion,conversion,has_order,purchased,revenue}'),
('sessions', 7, 'page_views', 'numeric', false, NULL, 'number of pages seen', 'pages per session, bounces',
 '{page_views,pageviews,page_view_count,views}'),
('sessions', 8, 'channel', 'text', false, NULL, 'where the visitor came from', 'view by_channel',
 '{channel,source,utm_source,marketing_channel,referrer_type,medium}'),
('sessions', 9, 'device', 'text', false, NULL, 'device', 'figures by device',
 '{device,device_type,platform}'),

('events', 1, 'visitor_id', 'key', true, NULL, 'who did it, known or not', 'funnels, paths',
 '{visitor_id,visitor,anonymous_id,distinct_id,user_pseudo_id,domain_userid,device_id,cookie_id,user_id,customer_id}'),
('events', 2, 'occurred_at', 'timestamptz', true, 'occurred_on', 'when', 'everything over time',
 '{occurred_at,event_time,event_timestamp,ts,timestamp,time,happened_at,derived_tstamp,collector_tstamp,created_at}'),
('events', 3, 'name', 'text', true, NULL, 'what was done', 'steps of funnels',
 '{name,event_name,event,event_type,action,type}'),
('events', 4, 'event_id', 'key', false, NULL, 'the event', 'doctor: doubled events',
 '{event_id,id}'),
('events', 5, 'session_id', 'key', false, NULL, 'the visit', 'events per session',
 '{session_id,visit_id,domain_sessionid}'),
('events', 6, 'customer_id', 'key', false, NULL, 'the customer, where known', 'engaged customers',
 '{customer_id,user_id,account_id}'),

('messages', 1, 'campaign', 'text', true, NULL, 'campaign that it belongs to', 'view messages_by_campaign',
 '{campaign,campaign_name,campaign_id,mailing_id,newsletter_id,mass_mailing_id}'),
('messages', 2, 'sent_at', 'timestamptz', true, 'sent_on', 'when it was sent', 'messages over time',
 '{sent_at,sent_datetime,send_date,delivered_at,created_at,date}'),
('messages', 3, 'delivered', 'boolean', false, NULL, 'reached the recipient; a time counts as true; true where there is no such column', 'open rate',
 '{delivered,is_delivered,delivered_at}'),
('messages', 4, 'opened', 'boolean', false, NULL, 'was opened; a time counts as true', 'open rate',
 '{opened,is_opened,opened_at,open_datetime,first_opened_at}'),
('messages', 5, 'clicked', 'boolean', false, NULL, 'a link in it was followed; a time counts as true', 'click-through rate',
 '{clicked,is_clicked,clicked_at,links_click_datetime,first_clicked_at}'),
('messages', 6, 'unsubscribed', 'boolean', false, NULL, 'the recipient unsubscribed; a time counts as true', 'unsubscribe rate',
 '{unsubscribed,is_unsubscribed,unsubscribed_at,opted_out}'),
('messages', 7, 'channel', 'text', false, NULL, 'e-mail, SMS, push ...', 'figures by channel',
 '{channel,medium,type,message_type}'),
('messages', 8, 'message_id', 'key', false, NULL, 'the message', 'doctor: doubled messages',
 '{message_id,id,send_id}'),
('messages', 9, 'customer_id', 'key', false, NULL, 'the recipient', 'share of customers contacted, engaged customers',
 '{customer_id,user_id,recipient_id,contact_id,partner_id,res_id}'),

('posts', 1, 'posted_at', 'timestamptz', true, 'posted_on', 'when it was published', 'posts over time',
 '{posted_at,published_at,post_date,created_at,created_time,date}'),
('posts', 2, 'post_id', 'key', false, NULL, 'the post', 'doctor: doubled posts',
 '{post_id,id,post_no,video_id}'),
('posts', 3, 'network', 'text', false, NULL, 'social network or platform', 'figures by network',
 '{network,platform,channel,site}'),
('posts', 4, 'reach', 'numeric', false, NULL, 'people who saw it', 'engagement rate',
 '{reach,total_reach,lifetime_post_total_reach,people_reached}'),
('posts', 5, 'impressions', 'numeric', false, NULL, 'times it was shown', 'click-through rate',
 '{impressions,views,total_impressions,lifetime_post_total_impressions}'),
('posts', 6, 'reactions', 'numeric', false, NULL, 'reactions other than likes', 'engagement rate',
 '{reactions,reaction_count}'),
('posts', 7, 'likes', 'numeric', false, NULL, 'likes', 'engagement rate',
 '{likes,like,like_count,favorites}'),
('posts', 8, 'comments', 'numeric', false, NULL, 'comments', 'engagement rate',
 '{comments,comment,comment_count,replies}'),
('posts', 9, 'shares', 'numeric', false, NULL, 'shares', 'engagement rate, shares per post',
 '{shares,share,share_count,retweets,reposts}'),
('posts', 10, 'clicks', 'numeric', false, NULL, 'clicks on links', 'click-through rate',
 '{clicks,click_count,link_clicks}'),
('posts', 11, 'video_seconds', 'numeric', false, NULL, 'length of the video, in seconds', 'watch rate',
 '{video_seconds,video_length,duration_seconds,length_seconds,duration}'),
('posts', 12, 'video_views', 'numeric', false, NULL, 'times the video was started', 'watch rate',
 '{video_views,plays,view_count}'),
('posts', 13, 'watched_seconds', 'numeric', false, NULL, 'time watched by all viewers, in seconds', 'watch rate',
 '{watched_seconds,watch_time_seconds,watch_time,seconds_watched}'),

('memberships', 1, 'customer_id', 'key', true, NULL, 'the member', 'everything of this source',
 '{customer_id,user_id,member_id,account_id,partner_id}'),
('memberships', 2, 'joined_at', 'timestamptz', true, 'joined_on', 'when the member joined', 'members over time',
 '{joined_at,enrolled_at,member_since,start_date,created_at,signup_date}'),
('memberships', 3, 'left_at', 'timestamptz', false, 'left_on', 'when the member left; NULL for those who stayed', 'members over time',
 '{left_at,cancelled_at,ended_at,end_date,deleted_at}'),
('memberships', 4, 'tier', 'text', false, NULL, 'level of the programme', 'figures by tier',
 '{tier,level,status_level,tier_name,loyalty_tier}'),
('memberships', 5, 'last_active_at', 'timestamptz', false, 'last_active_on', 'last earning or redeeming; the last order where there is no such column', 'active members',
 '{last_active_at,last_activity_at,last_used_at,last_earned_at,last_redeemed_at}'),

('referrals', 1, 'referred_id', 'key', true, NULL, 'customer who was brought', 'referral rate',
 '{referred_id,referee_id,referred_customer_id,referred_user_id,invitee_id,customer_id}'),
('referrals', 2, 'referrer_id', 'key', false, NULL, 'customer who brought another', 'who brings customers',
 '{referrer_id,referrer_customer_id,referrer_user_id,referring_customer_id,inviter_id,referred_by}'),
('referrals', 3, 'created_at', 'timestamptz', true, 'created_on', 'when', 'referrals over time',
 '{created_at,referred_at,invited_at,accepted_at,date}'),

('experiments', 1, 'experiment', 'text', true, NULL, 'name of the experiment', 'one row of results per experiment',
 '{experiment,experiment_name,experiment_id,test,test_name,experiment_key}'),
('experiments', 2, 'subject_id', 'key', true, NULL, 'who was assigned', 'number of subjects, doubled assignments',
 '{subject_id,visitor_id,user_id,customer_id,unit_id,anonymous_id,distinct_id}'),
('experiments', 3, 'variant', 'text', true, NULL, 'the variant; control is the one it is compared with', 'comparison of variants',
 '{variant,variation,group,group_name,arm,variant_id,bucket,landing_page}'),
('experiments', 4, 'assigned_at', 'timestamptz', false, 'assigned_on', 'when', 'experiments over time',
 '{assigned_at,exposed_at,exposure_time,timestamp,created_at,first_seen_at}'),
('experiments', 5, 'converted', 'boolean', false, NULL, 'reached the goal', 'conversion rate of each variant',
 '{converted,conversion,is_converted,success}'),
('experiments', 6, 'value', 'numeric', false, NULL, 'value reached, as revenue', 'mean value of each variant',
 '{value,revenue,amount,metric_value,order_value}');

UPDATE engagement_source_column AS c
SET fallback = f.fallback
FROM (VALUES
    ('order_lines', 'quantity', '1'),
    ('order_lines', 'amount', 'coalesce(quantity, 1) * unit_price * (1 - coalesce(discount_rate, 0))'),
    ('customers', 'is_registered', 'true'),
    ('messages', 'delivered', 'true')) AS f (source, column_name, fallback)
WHERE (c.source, c.column_name) = (f.source, f.column_name);

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
