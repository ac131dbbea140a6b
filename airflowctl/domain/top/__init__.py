"""What `top` watches: pages of Dags, runs and tasks, and the totals over them."""
